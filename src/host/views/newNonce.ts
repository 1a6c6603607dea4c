/** For a page's own scripts and styles: 128 random bits, in characters that an attribute and a policy take as they are. */
export function newNonce(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
}
