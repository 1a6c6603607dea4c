import type { Family, Task } from './opFamily'

/** Sums the time of acts by family; an act within an act counts for its own family only. */
export class FamilyClock {
  readonly milliseconds = new Map<Family, number>()
  calls = 0
  private task: Task | undefined
  /** Of the acts that run now, outermost first: what their inner acts took. */
  private readonly inner: number[] = []

  constructor(private readonly now: () => number = () => performance.now()) {}

  get current(): Task | undefined {
    return this.task
  }

  time<T>(family: Family, act: () => T): T {
    this.calls++
    this.inner.push(0)
    const began = this.now()
    try {
      return act()
    } finally {
      const all = this.now() - began
      const own = all - this.inner.pop()!
      this.milliseconds.set(family, (this.milliseconds.get(family) ?? 0) + own)
      if (this.inner.length > 0) this.inner[this.inner.length - 1]! += all
    }
  }

  /** Says what an act is for, as long as it runs. */
  during<T>(task: Task, act: () => T): T {
    const before = this.task
    this.task = task
    try {
      return act()
    } finally {
      this.task = before
    }
  }
}
