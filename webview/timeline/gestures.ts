export interface Moves {
  width(): number
  /** Looks closer (factor below 1) or further at a pixel; false when there is nothing more to see. */
  zoom(pixel: number, factor: number): boolean
  pan(pixels: number): void
  /** The pointer is over a pixel, or gone. */
  point(pixel: number | undefined): void
  /** Moves the crosshair by pixels. */
  step(pixels: number): void
  crossPixel(): number
  fit(): void
  follow(): void
  /** A double click. */
  choose(pixel: number): void
}

const perNotch = 1.0015
const perKey = 1.5

/** Turns wheel, pointer and keys over a surface into moves. */
export function listen(surface: HTMLElement, moves: Moves): { dispose(): void } {
  const ended = new AbortController()
  const { signal } = ended
  let grabbed: number | undefined
  const at = (event: MouseEvent) => event.clientX - surface.getBoundingClientRect().left

  surface.addEventListener(
    'wheel',
    (event) => {
      const sideways = event.shiftKey ? event.deltaX || event.deltaY : event.deltaX
      if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        moves.pan(sideways)
        event.preventDefault()
        return
      }
      const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 33 : event.deltaY
      // With everything in sight already, the wheel scrolls the page.
      if (moves.zoom(at(event), perNotch ** pixels)) event.preventDefault()
    },
    { signal, passive: false },
  )

  surface.addEventListener(
    'pointerdown',
    (event) => {
      if (event.button !== 0) return
      grabbed = event.clientX
      surface.setPointerCapture(event.pointerId)
    },
    { signal },
  )
  surface.addEventListener(
    'pointermove',
    (event) => {
      if (grabbed !== undefined && event.clientX !== grabbed) {
        moves.pan(grabbed - event.clientX)
        grabbed = event.clientX
      }
      moves.point(at(event))
    },
    { signal },
  )
  const release = () => (grabbed = undefined)
  surface.addEventListener('pointerup', release, { signal })
  surface.addEventListener('pointercancel', release, { signal })
  surface.addEventListener('pointerleave', () => moves.point(undefined), { signal })
  surface.addEventListener('dblclick', (event) => moves.choose(at(event)), { signal })

  surface.addEventListener(
    'keydown',
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return
      if (press(event, moves)) event.preventDefault()
    },
    { signal },
  )
  return { dispose: () => ended.abort() }
}

/** False for a key that means nothing here. */
function press({ key, shiftKey }: KeyboardEvent, moves: Moves): boolean {
  const tenth = moves.width() / 10
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowRight': {
      const way = key === 'ArrowLeft' ? -1 : 1
      if (shiftKey) moves.step(way * Math.max(1, moves.width() / 100))
      else moves.pan(way * tenth)
      return true
    }
    case '+':
    case '=':
      moves.zoom(moves.crossPixel(), 1 / perKey)
      return true
    case '-':
    case '_':
      moves.zoom(moves.crossPixel(), perKey)
      return true
    case '0':
    case 'Home':
      moves.fit()
      return true
    case 'f':
    case 'F':
    case 'End':
      moves.follow()
      return true
    case 'Escape':
      moves.point(undefined)
      return true
    default:
      return false
  }
}
