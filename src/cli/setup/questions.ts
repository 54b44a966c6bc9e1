import path from 'node:path'
import { defaultConfig } from '../../contract/config.ts'
import { invalid } from '../../contract/errors.ts'
import { looksLikeId } from '../../contract/ids.ts'
import { didYouMean } from '../../contract/nearest.ts'
import { span } from '../../contract/time-text.ts'
import { count } from '../text.ts'

/** All that setup has to know. Paths are relative to the project's folder; timeouts are seconds by task class. */
export type Answers = {
  name: string
  repo_path: string
  prd_path: string | null
  script_dirs: string[]
  timeouts: Record<string, number>
  port: number
  session: string
  queue: string
  examples: boolean
}

/** What the folder and the machine say, for what is proposed and what is checked. */
export type Found = {
  folder: string
  /** Folders with scripts in them, and how many. */
  scripts: { folder: string; count: number }[]
  prd_path: string | null
  /** A port that is free; `takenBy` says who has the usual one, where it is not that. */
  port: number
  takenBy?: string | undefined
  kindOf(relative: string): 'file' | 'folder' | undefined
}

/**
 * One question of setup. The list is all there is to know about them; who asks (a terminal now) is another matter.
 *
 * @property option  what says it on the command line instead
 * @property about   lines that stand above the question
 * @property usual   what is proposed
 * @property show    an answer as it is typed
 * @property read    makes an answer of what was typed; throws invalid with a sentence where it cannot be one
 */
export type Question<K extends keyof Answers = keyof Answers> = {
  key: K
  option: string
  ask: string
  about?(found: Found): string[]
  usual(found: Found): Answers[K]
  show(answer: Answers[K]): string
  read(text: string, found: Found): Answers[K]
}

const usualPort = defaultConfig.server.port
const usualTimeouts = Object.fromEntries(
  Object.entries(defaultConfig.task_classes).map(([name, { timeout }]) => [name, timeout]),
)

const name: Question<'name'> = {
  key: 'name',
  option: '--name NAME',
  ask: 'Name of the project',
  usual: ({ folder }) => [...path.basename(folder).trim()].slice(0, 100).join('') || 'project',
  show: asIs,
  read: text => checkLength(text, 'project'),
}

const repo_path: Question<'repo_path'> = {
  key: 'repo_path',
  option: '--folder DIR',
  ask: 'Folder that tasks run in',
  usual: () => '.',
  show: asIs,
  read: (text, found) => {
    if (found.kindOf(text) === 'folder') return text
    throw invalid(`There is no folder "${text}" here.`)
  },
}

const prd_path: Question<'prd_path'> = {
  key: 'prd_path',
  option: '--prd FILE',
  ask: 'Document that says what is being built (- is none)',
  usual: found => found.prd_path,
  show: answer => answer ?? '-',
  read: (text, found) => {
    if (text === '-') return null
    if (found.kindOf(text) === 'file') return text
    throw invalid(`There is no file "${text}" here.`)
  },
}

const script_dirs: Question<'script_dirs'> = {
  key: 'script_dirs',
  option: '--script-dir DIR',
  ask: 'Folders with scripts, with commas between them',
  about: ({ scripts }) => [
    scripts.length === 0
      ? 'No folder here has scripts yet.'
      : `${scripts.map(it => `${it.folder} has ${count(it.count, 'script')}`).join(', ')}.`,
  ],
  usual: ({ scripts }) =>
    scripts.length === 0 ? defaultConfig.script_dirs : scripts.map(({ folder }) => folder),
  show: dirs => dirs.join(', '),
  read: (text, found) => {
    const dirs = [...new Set(words(text, /,/))]
    const wrong = dirs.find(dir => !defaultConfig.script_dirs.includes(dir) && found.kindOf(dir) !== 'folder')
    if (wrong !== undefined) throw invalid(`There is no folder "${wrong}" here.`)
    return dirs
  },
}

const timeouts: Question<'timeouts'> = {
  key: 'timeouts',
  option: '--timeout CLASS=TIME',
  ask: 'Other timeouts, such as LLM_HEAVY=30m',
  about: () => [`Timeouts: ${timeoutsText(usualTimeouts)}.`],
  usual: () => usualTimeouts,
  show: answer => changed(answer).join(' ') || 'none',
  read: text => ({ ...usualTimeouts, ...Object.fromEntries(words(text, /[\s,]+/).map(readTimeout)) }),
}

const port: Question<'port'> = {
  key: 'port',
  option: '--port PORT',
  ask: 'Port of the server (0 takes a free one at each start)',
  about: ({ takenBy, port: free }) =>
    takenBy === undefined ? [] : [`Port ${usualPort} is taken ${takenBy}; ${free} is free.`],
  usual: found => found.port,
  show: String,
  read: text => {
    if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
    throw invalid(`A port is a whole number from 0 to 65535; "${text}" is not.`)
  },
}

const session: Question<'session'> = {
  key: 'session',
  option: '--session NAME',
  ask: 'First session',
  usual: () => 'default',
  show: asIs,
  read: text => checkName(text, 'session'),
}

const queue: Question<'queue'> = {
  key: 'queue',
  option: '--queue NAME',
  ask: 'First queue in it',
  usual: () => 'default',
  show: asIs,
  read: text => checkName(text, 'queue'),
}

const examples: Question<'examples'> = {
  key: 'examples',
  option: '--examples, --no-examples',
  ask: 'Two example scripts to try (y or n)',
  usual: () => false,
  show: answer => (answer ? 'y' : 'n'),
  read: text => {
    if (/^y(es)?$/i.test(text)) return true
    if (/^no?$/i.test(text)) return false
    throw invalid(`Type y or n; "${text}" is neither.`)
  },
}

/** In the order in which they are asked. */
export const questions = [
  ...[name, repo_path, prd_path, script_dirs, timeouts, port],
  ...[session, queue, examples],
] as unknown as readonly Question[]

/** What `sparkq.yml` says once it is there. */
export const isSetting = (key: keyof Answers): boolean =>
  key !== 'session' && key !== 'queue' && key !== 'examples'

/** What is taken where nobody says otherwise. */
export function usualAnswers(found: Found): Answers {
  return Object.fromEntries(questions.map(it => [it.key, it.usual(found)])) as Answers
}

/** `FAST_SCRIPT 2 min, MEDIUM_SCRIPT 10 min, …` */
export function timeoutsText(answer: Answers['timeouts']): string {
  return Object.entries(answer)
    .map(([name, seconds]) => `${name} ${span(seconds)}`)
    .join(', ')
}

const changed = (answer: Answers['timeouts']): string[] =>
  Object.entries(answer)
    .filter(([name, seconds]) => usualTimeouts[name] !== seconds)
    .map(([name, seconds]) => `${name}=${seconds}`)

const units: Record<string, number> = { '': 1, s: 1, m: 60, min: 60, h: 3600 }

/** `LLM_HEAVY=1800`, `llm_heavy=30m` */
function readTimeout(word: string): [string, number] {
  const [, typed = '', amount, unit = ''] = /^([^=]+)=(\d{1,6})(s|min|m|h)?$/.exec(word) ?? []
  if (amount === undefined || Number(amount) === 0)
    throw invalid(`"${word}" is not a timeout: write LLM_HEAVY=1800 (seconds) or LLM_HEAVY=30m.`)
  const classes = Object.keys(usualTimeouts)
  const known = classes.find(it => it.toLowerCase() === typed.toLowerCase())
  if (known === undefined)
    throw invalid(`There is no task class "${typed}".${didYouMean(typed.toUpperCase(), classes)}`)
  return [known, Number(amount) * (units[unit] as number)]
}

function checkName(text: string, what: string): string {
  checkLength(text, what)
  // As core judges them when they are made, but then the question is long gone.
  if (/\p{Cc}/u.test(text)) throw invalid(`The name of a ${what} has no control characters.`)
  if (looksLikeId(text.toLowerCase())) throw invalid(`"${text}" looks like an id; a name does not.`)
  return text
}

function checkLength(text: string, what: string): string {
  if ([...text].length <= 100) return text
  throw invalid(`The name of a ${what} has at most 100 characters; this one has ${[...text].length}.`)
}

const words = (text: string, between: RegExp): string[] =>
  text
    .split(between)
    .map(word => word.trim())
    .filter(word => word !== '')

function asIs(text: string): string {
  return text
}
