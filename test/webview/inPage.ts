/** What the browser tests do inside of the page, where there is a DOM: a script of the page, called by name. */

const frames = () =>
  new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 20))))

export const inPage = {
  /** Delivers a message as the editor does and waits until it is drawn. */
  async send(message: unknown): Promise<void> {
    window.postMessage(message, '*')
    await frames()
  },

  async setTheme(bodyClass: string, variables: Readonly<Record<string, string>>): Promise<void> {
    const { style } = document.documentElement
    for (const name of Array.from(style)) style.removeProperty(name)
    for (const [name, value] of Object.entries(variables)) style.setProperty(`--vscode-${name}`, value)
    style.background = variables['sideBar-background'] ?? ''
    document.body.className = bodyClass
    await frames()
  },

  frames,

  /** The picture of each canvas that is shown. */
  pictures: () =>
    Array.from(document.querySelectorAll('canvas'))
      .filter((canvas) => canvas.checkVisibility())
      .map((canvas) => canvas.toDataURL()),

  /** Blue, 0..255, near the foot of the grid lane at shares of its axis. */
  blueOfGrid(shares: readonly number[]): number[] {
    const canvas = document.querySelector('canvas')!
    const pen = canvas.getContext('2d', { willReadFrequently: true })!
    return shares.map((share) => {
      const x = (34 + (canvas.clientWidth - 34) * share) * devicePixelRatio
      return pen.getImageData(Math.round(x), canvas.height - 6, 1, 1).data[2]!
    })
  },

  focused: () => document.activeElement?.textContent ?? '',

  /** How much wider than the window the page is, and what the window's edge cuts off. */
  overflow: () => ({
    excess: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    cut: Array.from(document.querySelectorAll('main *'))
      .filter((element) => !element.closest('.hidden-table, .spoken, .surface, .u-wrap'))
      .filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5)
      .map((element) => `${element.className}: ${element.textContent}`),
  }),

  scrolled: () => window.scrollY,
}

Object.assign(window, { inPage })
