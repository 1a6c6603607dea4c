import { describe, expect, test } from 'vitest'
import { parseVideoHeader, promisedFrames } from '../../src/data/videoHeader'

const log = (duration: string, rate: string) =>
  `[info]   Duration: ${duration}, start: 0.000000, bitrate: 75 kb/s
[info]   Stream #0:0[0x1](und): Video: h264 (High) (avc1 / 0x31637661), yuv420p(progressive), 1280x720, 73 kb/s, ${rate} fps, 10 tbr
`

describe('the header of a video', () => {
  test('tells seconds and frames per second', () => {
    expect(parseVideoHeader(log('01:02:03.50', '10'))).toEqual({ seconds: 3723.5, framesPerSecond: 10 })
  })

  test('is undefined while the log has not come to it, and where the file does not say', () => {
    expect(parseVideoHeader('[info]   Duration: 00:00:0')).toBeUndefined()
    expect(parseVideoHeader(log('N/A', '10'))).toBeUndefined()
  })

  test('undoes the rounding of NTSC rates', () => {
    expect(parseVideoHeader(log('00:00:10.00', '23.98'))!.framesPerSecond).toBeCloseTo(24000 / 1001, 9)
    expect(parseVideoHeader(log('00:00:10.00', '29.97'))!.framesPerSecond).toBeCloseTo(30000 / 1001, 9)
    expect(parseVideoHeader(log('00:00:10.00', '30'))!.framesPerSecond).toBe(30)
    expect(parseVideoHeader(log('00:00:10.00', '12.5'))!.framesPerSecond).toBe(12.5)
  })

  test('promises at least one frame', () => {
    expect(promisedFrames({ seconds: 2, framesPerSecond: 24 })).toBe(48)
    expect(promisedFrames({ seconds: 0.01, framesPerSecond: 24 })).toBe(1)
  })
})
