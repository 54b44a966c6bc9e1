import { execFileSync, spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { waitFor } from './wait.ts'

/** A bash on a terminal, at which somebody types. */
export type TypedTerminal = {
  /**
   * Types a command line, and at each question that it asks the answer to it.
   * @returns what stood on the screen between the line and the end of the command, and its exit code
   */
  run(line: string, answers?: readonly Answer[]): Promise<{ shown: string; code: number }>
  close(): Promise<void>
}

/** What is typed may depend on what is done when the question is there. */
export type Answer = readonly [question: RegExp, keys: string | (() => Promise<string>)]
export type TerminalKind = keyof typeof kinds

/** `shown` is everything since the beginning, as text. */
type Raw = { type(keys: string): void; shown(): string; close(): Promise<void> }
type Place = { cwd: string; env: NodeJS.ProcessEnv; own: string }

const size = { columns: 120, rows: 40 }
const kinds = { tmux: openTmux, pty: openPty }

/** The kinds of terminal that can be had here. */
export function terminalKinds(): TerminalKind[] {
  const has = (program: string, ...args: string[]) =>
    spawnSync(program, args, { stdio: 'ignore' }).status === 0
  return [
    ...(has('tmux', '-V') ? (['tmux'] as const) : []),
    ...(has('python3', '-c', 'import pty') ? (['pty'] as const) : []),
  ]
}

/** Whoever opens it closes it. `own`: a folder for what the terminal itself needs. */
export async function openTerminal(kind: TerminalKind, place: Place): Promise<TypedTerminal> {
  const raw = kinds[kind](place)
  let count = 0
  const run: TypedTerminal['run'] = async (line, answers = []) => {
    const end = `end-${++count}`
    const start = raw.shown().trimEnd().length
    const since = () => raw.shown().slice(start)
    // In two words, so that what is typed is not taken for what is said.
    raw.type(`${line}; echo end-''${count}: $?\r`)
    let from = 0
    for (const [question, keys] of answers) {
      const asked = await waitFor(`"${line}" asks ${question}: ${since()}`, () => {
        const match = question.exec(since().slice(from))
        return match && from + match.index + match[0].length
      })
      from = asked
      raw.type(`${typeof keys === 'string' ? keys : await keys()}\r`)
    }
    const said = RegExp(`${end}: (\\d+)`)
    const [all, code] = await waitFor(`"${line}" has ended`, () => said.exec(since()), 60_000).catch(
      error => {
        throw new Error(`${error.message}: ${since()}`)
      },
    )
    const text = since()
    return { shown: text.slice(text.indexOf('\n') + 1, text.indexOf(all)), code: Number(code) }
  }
  return { run, close: raw.close }
}

const shell = ['bash', '--norc', '--noprofile', '-i']
const quiet = { HISTFILE: '/dev/null', PS1: 'ready> ', TERM: 'xterm', INPUTRC: '/dev/null' }

function openTmux({ cwd, env, own }: Place): Raw {
  const config = path.join(own, 'tmux.conf')
  fs.writeFileSync(config, 'set -g history-limit 50000\nset -g status off\n')
  const options = { cwd, env: { ...env, ...quiet, TMUX_TMPDIR: own }, encoding: 'utf8' as const }
  const tmux = (...args: string[]) => execFileSync('tmux', ['-L', 'typed', '-f', config, ...args], options)
  tmux('new-session', '-d', '-x', `${size.columns}`, '-y', `${size.rows}`, shell.join(' '))
  const pid = Number(tmux('display-message', '-p', '#{pid}'))
  return {
    type: keys => {
      for (const part of keys.split(/(?<=\r)|(?=\r)/))
        tmux('send-keys', ...(part === '\r' ? ['Enter'] : ['-l', part]))
    },
    // Wrapped lines joined, from the beginning of what scrolled away.
    shown: () => tmux('capture-pane', '-p', '-J', '-S', '-').replace(/ +$/gm, ''),
    close: async () => {
      tmux('kill-server')
      await waitFor(
        'tmux has ended',
        () => spawnSync('kill', ['-0', `${pid}`], { stdio: 'ignore' }).status !== 0,
      )
    },
  }
}

/** Lends a terminal to a program, and passes on what is typed and shown. */
const lender = `
import fcntl, os, pty, select, struct, sys, termios
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[3], sys.argv[3:])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", int(sys.argv[2]), int(sys.argv[1]), 0, 0))
while True:
    ready, _, _ = select.select([0, terminal], [], [])
    for one in ready:
        try:
            data = os.read(one, 65536)
        except OSError:
            data = b""
        if not data:
            sys.exit(0)
        os.write(terminal if one == 0 else 1, data)
`

function openPty({ cwd, env }: Place): Raw {
  const args = ['-c', lender, `${size.columns}`, `${size.rows}`, ...shell]
  const child = spawn('python3', args, { cwd, env: { ...env, ...quiet }, stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = new Promise(resolve => child.once('close', resolve))
  let shown = ''
  child.stdout.setEncoding('utf8').on('data', text => {
    shown += text
  })
  child.stdin.on('error', () => {})
  return {
    type: keys => child.stdin.write(keys),
    shown: () => toText(shown),
    close: async () => {
      child.stdin.end()
      await ended
    },
  }
}

/** Without what moves the cursor and colours. */
function toText(shown: string): string {
  return (
    shown
      // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked for
      .replace(/\x1b\[[\d;?]*[A-Za-z]/g, '')
      .replaceAll('\r', '')
      .replace(/ +$/gm, '')
  )
}
