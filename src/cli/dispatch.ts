import type { Connection } from '../connect.ts'
import { invalid, SparkqError } from '../contract/errors.ts'
import type { Command } from './command.ts'
import { type Found, lookUp, membersOf } from './lookup.ts'
import { parseCommandLine } from './parse.ts'
import { reportError } from './report-error.ts'
import { createTerminal, type Terminal } from './terminal.ts'

/** Runs one command line and sets the exit code. */
export async function runCommandLine(argv: string[]): Promise<void> {
  if (argv[0] === '__complete') return (await import('./completion/complete.ts')).complete(argv.slice(1))
  const terminal = createTerminal(process, process.env)
  const output = watchOutput()
  try {
    const code = await run(argv, terminal, output)
    process.exitCode = output.lost ?? code ?? 0
  } catch (error) {
    process.exitCode = reportError(error, terminal.err, { debug: isDebug(argv) })
  }
}

async function run(argv: string[], terminal: Terminal, output: Output): Promise<number | undefined> {
  const typed = argv[0] === '--debug' ? argv.slice(1) : argv
  const words = typed.length === 0 && (await isInProject()) ? ['status'] : typed
  const [first] = words
  if (first === undefined || first === '--help' || first === '-h') return showHelp([], terminal)
  if (first === 'help') return showHelp(words.slice(1), terminal)
  if (first.startsWith('-')) {
    throw invalid(`"${first}" stands before the command: name the command first.`, { hint: 'sparkq help' })
  }
  const found = lookUp(words)
  if ('group' in found) return showGroup(found, words, terminal)

  const { command } = await found.entry.load()
  const parsed = parseCommandLine(found.entry.name, command, found.rest)
  if (parsed === 'help') return showHelp(found.entry.name.split(' '), terminal)
  output.mustEnd = command.ownsSignals ?? false
  return runCommand(command, parsed, terminal).catch(error => {
    throw withHint(error, `sparkq ${found.entry.name} --help`)
  })
}

async function isInProject(): Promise<boolean> {
  if (process.env.SPARKQ_URL) return true
  const { findConfigFile } = await import('../config.ts')
  try {
    return findConfigFile(process.cwd(), process.env) !== undefined
  } catch (error) {
    if (!(error instanceof SparkqError) || error.code !== 'not_found') throw error
    // A name that leads nowhere is a mistake, which status will tell.
    return Boolean(process.env.SPARKQ_CONFIG)
  }
}

/** What was typed wrong always has a next step. */
function withHint(error: unknown, hint: string): unknown {
  if (!(error instanceof SparkqError) || error.code !== 'invalid' || error.hint) return error
  return new SparkqError(error.code, error.message, { hint, errors: error.errors, cause: error.cause })
}

async function runCommand(
  command: Command,
  parsed: Exclude<ReturnType<typeof parseCommandLine>, 'help'>,
  terminal: Terminal,
): Promise<number | undefined> {
  if (!command.ownsSignals) process.once('SIGINT', () => process.exit(130))
  const cwd = process.cwd()
  let connection: Promise<Connection> | undefined
  const connect = (): Promise<Connection> => {
    connection ??= import('../connect.ts').then(it =>
      it.connect({ cwd, env: process.env, url: parsed.options.url as string | undefined, actor: 'cli' }),
    )
    return connection
  }
  try {
    return await command.run({ ...parsed, terminal, cwd, env: process.env, connect })
  } finally {
    const opened = await connection?.catch(() => undefined)
    opened?.close()
  }
}

async function showHelp(words: string[], { out }: Terminal): Promise<undefined> {
  const help = await import('./help.ts')
  if (words.length === 0) return help.showOverview(out)
  const found = lookUp(words)
  if ('group' in found) return help.showGroup(out, found.group, found.members)
  const { command } = await found.entry.load()
  return help.showCommand(out, found.entry, command, membersOf(found.entry.name))
}

/** `sparkq queue --help` was asked for; `sparkq queue` alone lacks a word. */
async function showGroup(
  { group, members }: Extract<Found, { group: string }>,
  words: string[],
  { out }: Terminal,
): Promise<undefined> {
  if (words.includes('--help') || words.includes('-h')) {
    const help = await import('./help.ts')
    return help.showGroup(out, group, members)
  }
  throw invalid(`Which "${group}" command?`, { hint: members.map(({ name }) => `sparkq ${name}`).join('\n') })
}

/**
 * @property mustEnd the command has something to put in order before it goes
 * @property lost    the exit code, once the output could not be written
 */
type Output = { mustEnd: boolean; lost: number | undefined }

/** `sparkq tasks | head`: the reader has seen enough, which is no error. */
function watchOutput(): Output {
  const output: Output = { mustEnd: false, lost: undefined }
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // Every further line fails as well, and a second signal would not wait for the end.
      if (output.lost !== undefined) return
      // A runner or a server whose own log has no room goes on: what it says is not what it is for.
      if (output.mustEnd && isNoRoom(error)) return
      const isClosed = error.code === 'EPIPE'
      if (!isClosed) process.stderr.write(`The output cannot be written (${error.code}).\n`)
      if (!output.mustEnd) process.exit(isClosed ? 0 : 1)
      output.lost = isClosed ? 130 : 1
      process.kill(process.pid, 'SIGTERM')
    })
  }
  return output
}

const isNoRoom = ({ code }: NodeJS.ErrnoException): boolean => code === 'ENOSPC' || code === 'EDQUOT'

function isDebug(argv: string[]): boolean {
  const end = argv.indexOf('--')
  return (end === -1 ? argv : argv.slice(0, end)).includes('--debug')
}
