/** A header or a key of TOML text, as the path that it defines. */
type Defined = { path: string[]; isKey: boolean }

/**
 * Puts a table of its own behind everything else, and changes no other byte.
 * @param body its lines, without the header
 * @returns what was put in, with the blank line before it: `takeTable` takes out just that
 * @throws SyntaxError where the text cannot be read so far that it is safe
 */
export function putTable(text: string, name: string, body: string): { text: string; added: string } {
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  const gap = text === '' || /\n\r?\n$/.test(text) ? '' : text.endsWith('\n') ? eol : eol + eol
  const added = gap + `[${name}]\n${body}`.replaceAll('\n', eol)
  return { text: text + added, added }
}

/** @returns undefined where it is not there as it was put in */
export function takeTable(text: string, added: string): string | undefined {
  // Somebody may have taken the blank line away.
  for (const what of [added, added.replace(/^[\r\n]+/, '')]) {
    const at = text.lastIndexOf(what)
    const isWhole = at === 0 || text[at - 1] === '\n' || /^[\r\n]/.test(what)
    if (at === -1 || !isWhole || !isTableEnd(text, at + what.length)) continue
    return text.slice(0, at) + text.slice(at + what.length)
  }
  return undefined
}

/** Whether a table, or a key on the way to it that is no table, is there in any of TOML's spellings. */
export function definesTable(text: string, way: readonly string[]): boolean {
  return readDefined(text).some(({ path, isKey }) => {
    const isOnWay = way.slice(0, path.length).every((key, index) => path[index] === key)
    // `mcp_servers = {…}` cannot be added to; `[mcp_servers]` can.
    return isOnWay && (path.length >= way.length || isKey)
  })
}

/** Whether no further key of the table follows: else it has grown since, and is somebody else's too. */
function isTableEnd(text: string, at: number): boolean {
  return /^(?:[ \t]*(?:#[^\n]*)?\r?\n)*[ \t]*(?:\[|#[^\n]*$|$)/.test(text.slice(at))
}

/** Headers and keys. A value is only skipped over: strings, brackets and comments are what matters. */
function readDefined(text: string): Defined[] {
  const found: Defined[] = []
  let table: string[] = []
  for (let at = skipLines(text, 0); at < text.length; at = skipLines(text, at)) {
    const line = text.slice(0, at).split('\n').length - 1
    const header = /\[\[?/y
    header.lastIndex = at
    const [open] = header.exec(text) ?? []
    const { path, to } = readPath(text, at + (open?.length ?? 0), line)
    if (open) {
      table = path
      found.push({ path, isKey: false })
      at = toLineEnd(text, expect(text, to, open === '[[' ? ']]' : ']', line), line)
    } else {
      found.push({ path: [...table, ...path], isKey: true })
      at = skipValue(text, expect(text, to, '=', line), line)
    }
  }
  return found
}

function skipLines(text: string, at: number): number {
  const blank = /(?:\ufeff|[ \t\r\n]|#[^\n]*)*/y
  blank.lastIndex = at
  blank.exec(text)
  return blank.lastIndex
}

function readPath(text: string, from: number, line: number): { path: string[]; to: number } {
  const part = /[ \t]*(?:([A-Za-z0-9_-]+)|("(?:[^"\\\n]|\\.)*")|'([^'\n]*)')[ \t]*(\.)?/y
  const path: string[] = []
  for (part.lastIndex = from; ; ) {
    const match = part.exec(text)
    if (!match) throw wrong(line)
    const [, bare, quoted, literal, dot] = match
    path.push(bare ?? literal ?? unquote(quoted as string))
    if (!dot) return { path, to: part.lastIndex }
  }
}

/** TOML's escapes are those of JSON, and a few that no key of ours has. */
function unquote(quoted: string): string {
  try {
    return JSON.parse(quoted)
  } catch {
    return quoted
  }
}

function expect(text: string, at: number, what: string, line: number): number {
  if (!text.startsWith(what, at)) throw wrong(line)
  return at + what.length
}

function toLineEnd(text: string, at: number, line: number): number {
  const rest = /[ \t]*(?:#[^\n]*)?\r?(?:\n|$)/y
  rest.lastIndex = at
  if (!rest.exec(text)) throw wrong(line)
  return rest.lastIndex
}

const token =
  /"""(?:[^\\]|\\[\s\S])*?"{3,5}|'''[\s\S]*?'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|#[^\n]*|[[{]|[\]}]|\r?\n|[^"'#[\]{}\r\n]+|\r/y

/** @returns the offset behind the line that the value ends in */
function skipValue(text: string, from: number, line: number): number {
  let depth = 0
  for (token.lastIndex = from; token.lastIndex < text.length; ) {
    const [word] = token.exec(text) ?? []
    if (word === undefined) throw wrong(line)
    if (word === '[' || word === '{') depth++
    else if (word === ']' || word === '}') depth--
    else if (/^\r?\n$/.test(word) && depth === 0) return token.lastIndex
    if (depth < 0) throw wrong(line)
  }
  if (depth > 0) throw wrong(line)
  return text.length
}

const wrong = (line: number): SyntaxError =>
  new SyntaxError(`it is no TOML that can be read, at line ${line + 1}`)
