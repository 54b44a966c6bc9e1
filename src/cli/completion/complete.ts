import { type Connection, connectToLook } from '../../connect.ts'
import { type BashLine, quoteForBash, readBashLine } from './bash-line.ts'
import { candidatesOf } from './candidates.ts'
import { type Candidate, expectedAt } from './expected.ts'

/**
 * What the scripts of `sparkq completion` ask: what may stand where the cursor is. Answers records that end with a NUL:
 * first what the shell shall do (`words`; `nospace`: put no blank behind it; `files`, `folders`: complete those), then the
 * candidates. Whatever goes wrong, there is just nothing to complete: it never says an error, and never takes long.
 *
 *   __complete bash BREAKS LINE     the line up to the cursor; candidates are quoted and ready to be put in
 *   __complete zsh|fish WORD …      the words up to the cursor; candidates come as they are, each with what it is behind it
 */
export async function complete([shell, ...words]: string[]): Promise<void> {
  const limit = setTimeout(() => process.exit(0), limitMs)
  try {
    const records = (await answerers[shell ?? '']?.(words)) ?? []
    const text = records.map(record => `${record}\0`).join('')
    await new Promise(resolve => process.stdout.write(text, resolve))
  } catch {
    // There is nothing to complete.
  }
  clearTimeout(limit)
}

/** How long a server is waited for: after that, a person has typed it. */
const serverLimitMs = 1_000

/** What is stuck for so long (a file system that hangs) must not hang the person's shell as well. */
const limitMs = 5_000

async function forBash([breaks = '', line = '']: string[]): Promise<string[]> {
  const typed = readBashLine(line, breaks)
  const { action, candidates } = await find(typed.before, typed.current)
  const fitting = candidates.filter(({ value }) => startsLike(value, typed.current))
  if (fitting.length === 0 && action === 'script') return ['files']
  const replies = [...new Set(fitting.map(it => replyOf(it, typed)))]
  // Bash closes a quote itself, but not behind a word that ends with such a sign.
  const [only] = replies
  const isWhole = replies.length === 1 && only !== undefined && !only.endsWith('=')
  return [actionFor(action, fitting), ...(isWhole ? [only + typed.quote] : replies)]
}

/** These shells know themselves what fits, and how it is quoted. */
async function forOthers(words: string[]): Promise<string[]> {
  const current = words.at(-1) ?? ''
  const { action, candidates } = await find(words.slice(0, -1), current)
  const fitting = candidates.filter(({ value }) => startsLike(value, current))
  if (fitting.length === 0 && action === 'script') return ['files']
  const texts = await Promise.all(candidates.map(async it => `${it.value}\0${await aboutOf(it)}`))
  return [actionFor(action, fitting), ...new Set(texts)]
}

const answerers: Record<string, (words: string[]) => Promise<string[]>> = {
  bash: forBash,
  zsh: forOthers,
  fish: forOthers,
}

type Found = { action: 'words' | 'files' | 'folders' | 'script'; candidates: Candidate[] }

async function find(before: string[], current: string): Promise<Found> {
  const expected = await expectedAt(before, current)
  if ('words' in expected) return { action: 'words', candidates: [...expected.words] }
  const { kind, lead, url } = expected
  if (kind === 'file') return { action: 'files', candidates: [] }
  if (kind === 'folder') return { action: 'folders', candidates: [] }
  let connection: Connection | undefined
  const connect = async () => {
    connection ??= await connectToLook({ cwd: process.cwd(), env: process.env, url, limitMs: serverLimitMs })
    return connection
  }
  try {
    const typed = current.slice(lead.length)
    const named = await candidatesOf(kind, { current: typed, cwd: process.cwd(), connect })
    const candidates = named.map(it => ({ ...it, value: lead + it.value }))
    return { action: kind === 'script' ? 'script' : 'words', candidates }
  } finally {
    connection?.close()
  }
}

function actionFor(action: Found['action'], fitting: readonly Candidate[]): string {
  if (action === 'script') return 'words'
  return action === 'words' && fitting.some(({ value }) => value.endsWith('=')) ? 'nospace' : action
}

/** Names are the same whatever their case. */
const startsLike = (value: string, typed: string): boolean =>
  value.slice(0, typed.length).toLowerCase() === typed.toLowerCase()

const replyOf = ({ value }: Candidate, { head, quote }: BashLine): string =>
  quoteForBash(value.slice(head.length), quote)

async function aboutOf({ about = '' }: Candidate): Promise<string> {
  const text = typeof about === 'function' ? await about() : about
  return text.replace(/\s+/g, ' ').trim()
}
