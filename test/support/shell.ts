import { spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import type { TestContext } from 'node:test'
import type { Cleaner } from './folder.ts'
import { waitFor } from './wait.ts'

/** Shells that people type in; with a key (Ctrl-O) that writes what stands on the command line into `$LINE_FILE`. */
const shells = {
  bash: {
    start: 'bash --norc --noprofile -i',
    prepare: [
      `bind 'set enable-bracketed-paste off'`,
      `bind 'set bell-style none'`,
      `bind -x '"\\C-o": printf "%s\\n" "$READLINE_LINE" > "$LINE_FILE"'`,
      `PS1='ready> '`,
    ],
  },
  zsh: {
    start: 'zsh -f -i',
    prepare: [
      'unsetopt zle_bracketed_paste beep 2>/dev/null; unset zle_bracketed_paste',
      'autoload -Uz compinit && compinit -D -u',
      'dump() { print -r -- $BUFFER > $LINE_FILE }; zle -N dump; bindkey "^O" dump',
      `PS1='ready> '`,
    ],
  },
  fish: {
    start: 'fish --no-config -i',
    prepare: [
      `bind \\co 'commandline > $LINE_FILE'`,
      `function fish_prompt; echo 'ready> '; end`,
      `function fish_greeting; end`,
    ],
  },
} as const

export type ShellName = keyof typeof shells

/** Why a shell cannot be tried here; undefined when it can. util-linux's `script` lends the terminal. */
export function whyNoShell(shell: ShellName): string | undefined {
  const has = (program: string) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0
  if (process.platform !== 'linux' || !has('script'))
    return 'there is no "script" of util-linux to lend a terminal'
  return has(shell) ? undefined : `${shell} is not installed`
}

export type TypedShell = {
  /** Types keys into an empty command line. @returns what stands there afterwards */
  line(keys: string): Promise<string>
}

/** A shell on a terminal, in which somebody types; it ends with the test. */
export async function openShell(
  t: TestContext & Cleaner,
  shell: ShellName,
  { cwd, env, source }: { cwd: string; env: NodeJS.ProcessEnv; source: string },
): Promise<TypedShell> {
  const lineFile = path.join(env.TMPDIR as string, `line-${shell}`)
  const child = spawn(
    'script',
    ['-qefc', `stty cols 200 rows 50; exec ${shells[shell].start}`, '/dev/null'],
    {
      cwd,
      env: { ...env, TERM: 'xterm', SHELL: '/bin/sh', LINE_FILE: lineFile },
      detached: true,
    },
  )
  const ended = new Promise(resolve => child.once('close', resolve))
  t.after(async () => {
    // The terminal's end hangs its shell up.
    process.kill(-(child.pid as number), 'SIGKILL')
    await ended
  })
  let shown = ''
  child.stdout.setEncoding('utf8').on('data', text => {
    shown += text
  })
  child.stdin.on('error', () => {})
  const run = async (command: string, mark: string) => {
    child.stdin.write(`${command}; echo ${mark.slice(0, 3)}''${mark.slice(3)}\r`)
    await waitFor(`${shell} has done ${command}: ${shown}`, () => shown.includes(mark))
  }
  for (const [i, command] of [...shells[shell].prepare, source].entries()) await run(command, `done-${i}-`)
  return {
    line: async keys => {
      fs.rmSync(lineFile, { force: true })
      child.stdin.write(`${keys}\x0f`)
      const read = () => (fs.existsSync(lineFile) ? fs.readFileSync(lineFile, 'utf8') : '')
      const line = await waitFor(`${shell} has read ${keys}: ${shown}`, () =>
        read().endsWith('\n') ? read() : '',
      )
      // Home, then kill the line: an empty one again.
      child.stdin.write('\x05\x15')
      return line.slice(0, -1)
    },
  }
}
