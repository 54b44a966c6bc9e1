/** A word as it has to be typed in a shell. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/** The same where it stands alone: one that begins with a dash must not be taken for an option. */
export function shellArgument(word: string): string {
  return word.startsWith('-') ? `-- ${shellWord(word)}` : shellWord(word)
}

/** `-q auth`, as it has to be typed in a shell. */
export function shellQueue(name: string): string {
  return name.startsWith('-') ? `--queue=${shellWord(name)}` : `-q ${shellWord(name)}`
}
