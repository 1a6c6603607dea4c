import { median } from './median'
import { round, trainMotion } from './motionTraining'
import type { Measured } from './motionTraining'

const variants: Readonly<Record<string, readonly string[]>> = {
  plain: ['multigrid.longCycle=false', 'multigrid.shortCycle=false'],
  multigrid: [],
  'epoch factor 1': ['multigrid.epochFactor=1'],
  'epoch factor 2': ['multigrid.epochFactor=2'],
  'long cycle only': ['multigrid.shortCycle=false'],
  'short cycle only': ['multigrid.longCycle=false'],
}

/** Prints, for each variant, every seed's course and the medians beside the plain training's, as JSON. */
async function main(names: readonly string[], seeds: number, epochs: number): Promise<void> {
  const courses = new Map<string, Measured[]>()
  for (let seed = 0; seed < seeds; seed++) {
    for (const name of names) {
      const course = await trainMotion(variants[name]!, seed, epochs)
      console.error(`  ${name}, seed ${seed}: ${course.seconds} s, top-1 ${course.finalTop1}`)
      courses.set(name, [...(courses.get(name) ?? []), course])
    }
  }
  const plain = courses.get('plain')
  const middle = (own: readonly Measured[], of: (course: Measured) => number): number => median(own.map(of))
  const results = [...courses].map(([variant, own]) => ({
    variant,
    seconds: middle(own, ({ seconds }) => seconds),
    iterations: own[0]!.iterations,
    clips: own[0]!.clips,
    finalTop1: middle(own, ({ finalTop1 }) => finalTop1),
    ...(plain && {
      timesFaster: round(middle(plain, ({ seconds }) => seconds) / middle(own, ({ seconds }) => seconds)),
      timesFewerIterations: round(plain[0]!.iterations / own[0]!.iterations),
      timesLessCompute: round(
        middle(plain, ({ spent }) => spent.compute) / middle(own, ({ spent }) => spent.compute),
      ),
    }),
    seeds: own,
  }))
  process.stdout.write(JSON.stringify({ schedule: 'examples/motion/motion.multigrid.json', epochs, results }))
}

const [seeds, epochs, given] = process.argv.slice(2)
const names = given ? given.split(',') : Object.keys(variants)
const unknown = names.find((name) => !Object.hasOwn(variants, name))
if (unknown === undefined) void main(names, Number(seeds), Number(epochs))
else {
  console.error(`There is no variant "${unknown}": ${Object.keys(variants).join(', ')}.`)
  process.exitCode = 2
}
