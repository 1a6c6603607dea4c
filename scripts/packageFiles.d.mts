/** Which files the package has too many or too few of, by scripts/packageFiles.txt, in words; undefined where none. */
export function packageFault(cwd?: string): Promise<string | undefined>
