import type { Ffmpeg } from '../ffmpeg'
import type { Finding } from './Finding'

const origins: Readonly<Record<Ffmpeg['origin'], string>> = {
  setting: 'the one of the settings',
  PATH: 'the one on PATH',
  package: 'the one of the TensorFlow runtime',
}

export function ffmpegFinding({ version, path: file, origin }: Ffmpeg): Finding {
  return {
    id: 'ffmpeg',
    status: 'ok',
    detail: `${version} (${file})`,
    meaning: `Videos are decoded with ${origins[origin]}.`,
    remedies: ['chooseFfmpeg'],
  }
}
