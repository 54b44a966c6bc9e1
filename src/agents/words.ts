/** So much of a message is looked at for what it means. */
export const longestMessage = 10_000
/** Longest sentence of a tool that is passed on. */
const longestSentence = 500
/** Longest description of a tool call. */
const longestDetail = 200

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must go
const escapes = /\x1b(\[[0-9;:?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)?|.)?/g
/** Control characters, and those that turn the direction of what follows. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must go
const unseen = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g

/** Foreign text as one line that does nothing to a terminal. */
export function plain(text: string, longest = longestSentence): string {
  const line = text
    .slice(0, longest * 8)
    .replace(escapes, '')
    .replace(unseen, ' ')
    .trim()
  return shorten(line, longest)
}

export const plainDetail = (text: string): string => plain(text, longestDetail)

/** At most so many characters, none of them cut in half. */
export function shorten(text: string, longest: number): string {
  if (text.length <= longest) return text
  return `${text.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, '')}…`
}

/** What a tool call is about, in a few words: its command, its file, else its arguments. */
export function callDetail(input: unknown): string {
  if (typeof input === 'string') return plainDetail(input)
  if (typeof input !== 'object' || input === null) return ''
  const values = input as Record<string, unknown>
  const told = tellingFields
    .map(name => values[name])
    .find(value => typeof value === 'string' && value !== '')
  if (told) return plainDetail(told as string)
  const text = JSON.stringify(values)
  return text === '{}' ? '' : plainDetail(text)
}

/** Fields of tool calls that say most, of all agents. */
const tellingFields = ['command', 'file_path', 'path', 'notebook_path', 'url', 'pattern', 'query', 'prompt']

/** The line of what a program wrote to stderr that says what is wrong, or its last one. */
export function sayingLine(stderr: string): string | undefined {
  const lines = stderr
    .split('\n')
    .map(line => plain(line))
    .filter(line => line !== '' && !noise.some(pattern => pattern.test(line)))
  const line = lines.find(it => /^(error|fatal|unknown|invalid)\b|\bmust specify\b/i.test(it)) ?? lines.at(-1)
  return line?.replace(/^(error|fatal): */i, '')
}

const noise = [
  /^Reading (additional input|prompt) from stdin/,
  /^Warning:/i,
  /^Ripgrep is not available/,
  /^YOLO mode is enabled/,
  /^\[STARTUP\]/,
]
