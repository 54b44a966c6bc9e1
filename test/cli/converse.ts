import { spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import type { TestContext } from 'node:test'
import type { Site } from './run-cli.ts'

const door = path.join(import.meta.dirname, '../fixtures/cli/main.ts')

/** util-linux's `script` lends a terminal; the one of other systems takes other arguments. */
export const hasTerminal = process.platform === 'linux' && spawnSync('script', ['--version']).status === 0

/** Wait until this is shown (after what the turn before it waited for), then press these keys, or those that this answers. */
export type Turn = readonly [shown: string | RegExp, keys: string | (() => Promise<string>)]

export type Conversation = {
  shown: string
  code: number | null
  /** How the terminal is afterwards; `null` when the shell behind the command did not come to it. */
  settings: string | null
}

/**
 * Runs a command line on a terminal and answers it, turn by turn, as a person would: nothing is typed before what asks
 * for it is there.
 */
export async function converse(
  t: TestContext,
  { folder, env }: Pick<Site, 'folder' | 'env'>,
  line: string,
  turns: readonly Turn[],
  { columns = 80, rows = 24, more = {} as NodeJS.ProcessEnv } = {},
): Promise<Conversation> {
  const start = `sh -c 'echo $$ > ../pid; exec "$@"' sh ${process.execPath} ${door} ${line}`
  const command = `stty cols ${columns} rows ${rows}; ${start}; echo "exit:$?"; stty -a`
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    cwd: folder,
    env: { ...env, TERM: 'xterm', SHELL: '/bin/sh', NO_COLOR: '1', ...more },
  })
  t.after(() => child.kill('SIGKILL'))
  let shown = ''
  let from = 0
  const left = [...turns]
  child.stdout.setEncoding('utf8').on('data', text => {
    shown += text
    for (;;) {
      const [wanted, keys] = left[0] ?? []
      if (wanted === undefined || keys === undefined) return
      const found = findIn(shown, wanted, from)
      if (found === undefined) return
      from = found
      left.shift()
      if (typeof keys === 'string') child.stdin.write(keys)
      else void keys().then(pressed => child.stdin.write(pressed))
    }
  })
  const limit = setTimeout(() => child.kill('SIGKILL'), 30_000)
  await new Promise(resolve => child.once('close', resolve))
  clearTimeout(limit)
  if (left.length > 0) throw new Error(`never shown: ${left[0]?.[0]}\nbut:\n${shown}`)
  const [said = '', after] = overwritten(shown).split(/exit:/)
  const ended = after === undefined ? null : /^(\d+)\n(.*)$/s.exec(after)
  return { shown: said, code: ended ? Number(ended[1]) : null, settings: ended?.[2] ?? null }
}

/** What stays to be seen where lines are written over. */
const overwritten = (shown: string): string =>
  shown
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map(line => line.split('\r\u001b[K').at(-1))
    .join('\n')

/** The process that `converse` has started. */
export const pidOf = ({ folder }: Pick<Site, 'folder'>): number =>
  Number(fs.readFileSync(path.join(folder, '../pid'), 'utf8'))

function findIn(text: string, wanted: string | RegExp, from: number): number | undefined {
  const rest = text.slice(from)
  const at = typeof wanted === 'string' ? rest.indexOf(wanted) : rest.search(wanted)
  if (at < 0) return undefined
  const length = typeof wanted === 'string' ? wanted.length : (wanted.exec(rest)?.[0].length ?? 0)
  return from + at + length
}
