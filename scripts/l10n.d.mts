export const bundleFile: string
export function collectTexts(): { texts: string[]; bare: string[] }
export function bundleText(): string
