/** What clients may ask of a run between two steps. */
export type Wish =
  | { readonly do: 'hold' }
  | { readonly do: 'resume' }
  | { readonly do: 'release' }
  | { readonly do: 'stop'; readonly checkpoint: boolean }
  | { readonly do: 'checkpoint' }
  | { readonly do: 'apply'; readonly config: unknown }
  | { readonly do: 'withdraw' }

export interface Saved {
  readonly iteration: number
  readonly path?: string
}

/** A wish with the promise that its asker waits on; whoever takes an order settles it. */
export interface Order<T = unknown> {
  readonly wish: Wish
  readonly settle: (answer: T) => void
  readonly refuse: (error: Error) => void
}

/** Orders in the order they came: the socket puts them in at any time, the run takes them out between steps. */
export class Orders {
  private queue: Order[] = []
  private wake: (() => void) | undefined
  private closedBy: Error | undefined

  /** Resolves with the answer of whoever takes the order. */
  place<T>(wish: Wish): Promise<T> {
    if (this.closedBy) return Promise.reject(this.closedBy)
    return new Promise<T>((resolve, reject) => {
      this.queue.push({ wish, settle: resolve as (answer: unknown) => void, refuse: reject })
      this.wake?.()
    })
  }

  take(): Order | undefined {
    return this.queue.shift()
  }

  /** Resolves when there is an order to take. */
  async arrival(): Promise<void> {
    if (this.queue.length > 0) return
    await new Promise<void>((resolve) => (this.wake = resolve))
    this.wake = undefined
  }

  /** From now on every order, those that wait included, is refused with `error`. */
  close(error: Error): void {
    this.closedBy = error
    for (const order of this.queue) order.refuse(error)
    this.queue = []
  }
}
