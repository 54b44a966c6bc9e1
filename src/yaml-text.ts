import {
  type Alias,
  type Document,
  isMap,
  isPair,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml'

/** Where something stands in a text; both count from 1. */
export type Place = { line: number; column: number }

/**
 * @property value what the text says; undefined where there is a problem
 * @property at    the place of the thing at these steps (keys and indexes): its key if it is a mapping's, else its value,
 *                 or the nearest that is there
 */
export type YamlText = {
  problem?: { place: Place; sentence: string }
  value: unknown
  at(steps: readonly string[]): Place
}

/** Reads a text of one YAML document, without losing where in it things stand. */
export function readYaml(text: string): YamlText {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const placeOf = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const at = (steps: readonly string[]) => placeOf(offsetOf(document, steps))
  const wrong = (offset: number, sentence: string) => ({
    problem: { place: placeOf(offset), sentence },
    value: undefined,
    at,
  })
  // What is only a warning to the parser (a tag nobody knows) leaves a value that nobody meant.
  const [syntax] = [...document.errors, ...document.warnings]
  if (syntax) return wrong(syntax.pos[0], `${describeSyntax(syntax)}.`)
  const stray = findStrayAlias(document)
  if (stray) return wrong(stray.range?.[0] ?? 0, `there is no anchor "${stray.source}".`)
  try {
    return { value: document.toJS(), at }
  } catch (error) {
    // Anchors that refer to each other a few times over can stand for more than any memory holds.
    if (!(error instanceof ReferenceError)) throw error
    return wrong(firstAlias(document)?.range?.[0] ?? 0, 'the references unfold to too much.')
  }
}

/** An alias without an anchor is no error of syntax, and fails only when its value is asked for. */
function findStrayAlias(document: Document): Alias | undefined {
  let stray: Alias | undefined
  visit(document, {
    Alias: (_key, alias) => {
      if (!alias.resolve(document)) stray ??= alias
    },
  })
  return stray
}

function firstAlias(document: Document): Alias | undefined {
  let first: Alias | undefined
  visit(document, {
    Alias: (_key, alias) => {
      first = alias
      return visit.BREAK
    },
  })
  return first
}

/** In our words where the parser's are about its own workings. */
function describeSyntax({ code, message }: YAMLError): string {
  const closing = /^Flow (?:sequence|map) .* end with a (.)/.exec(message)?.[1]
  if (closing) return `a "${closing}" is missing here, or what follows is not indented enough`
  if (code === 'MULTIPLE_DOCS') return 'a second document begins here; the file may hold only one'
  if (code === 'TAG_RESOLVE_FAILED') return `${message.replace(/^Unresolved tag: /, 'there is no tag "')}"`
  return firstLine(message)
}

/** Where in the text the thing at `steps` stands: its key if it is a mapping's, else its value or the nearest parent's. */
function offsetOf(document: Document, steps: readonly string[]): number {
  let node: unknown = document.contents
  let offset = 0
  for (const step of steps) {
    if (!isMap(node)) {
      const item = (node as { items?: unknown[] } | null)?.items?.[Number(step)]
      offset = (item as Node | undefined)?.range?.[0] ?? offset
      node = item
      continue
    }
    const pair = node.items.find(it => isPair(it) && isScalar(it.key) && String(it.key.value) === step)
    if (!pair) break
    offset = (pair.key as Node).range?.[0] ?? offset
    node = pair.value
  }
  return offset
}

const firstLine = (message: string) => (message.split('\n')[0] as string).replace(/[.:]$/, '')
