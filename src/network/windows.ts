/** How many windows fit along a side that is padded by `half` at both ends. */
export function windows(side: number, kernel: number, stride: number): number {
  return Math.floor((side + 2 * half(kernel) - kernel) / stride) + 1
}

/** The padding that centres a kernel; an even one starts at the edge. */
export function half(kernel: number): number {
  return Math.floor((kernel - 1) / 2)
}
