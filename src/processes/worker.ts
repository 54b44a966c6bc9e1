import type { ProcessIdentity } from '../contract/attempts.ts'
import { identify } from './identity.ts'
import { findProcess } from './table.ts'

/** Who runs a command for somebody else, and is gone with it. */
const shells = 'sh ash bash csh dash elvish fish ksh mksh nu pwsh tcsh xonsh yash zsh busybox'
const launchers =
  'npm npx pnpm pnpx yarn bunx corepack env nice nohup setsid stdbuf time timeout script sudo doas su xargs expect unbuffer'
const sandboxes = 'bwrap codex-linux-sandbox firejail sandbox-exec'
const goBetweens = new Set([shells, launchers, sandboxes].join(' ').split(' '))

const interpreters = new Set(['node', 'nodejs', 'bun', 'deno'])

/**
 * Who works with what a command of ours takes: the nearest ancestor that is neither a shell nor a launcher. An assistant
 * types its commands into a shell of its own for each; a person's shell is a child of their terminal.
 * @returns null where it cannot be told: the ancestors are gone, or not to be seen (a container)
 */
export function findWorker(pid = process.ppid): ProcessIdentity | null {
  // A loop of parents there is none, but a pid may come back while we look.
  for (let next = pid, steps = 0; next > 1 && steps < 64; steps++) {
    const row = findProcess(next)
    if (row === null) return null
    if (!isGoBetween(row.command)) return identify(row.pid)
    next = row.ppid
  }
  return null
}

/** `-bash`, `/bin/sh -c …`, `npm exec sparkq`, `node …/npx-cli.js sparkq` */
export function isGoBetween(command: string): boolean {
  const [first = '', second = ''] = command.split(' ')
  const program = nameOf(first.replace(/^[-[]/, '').replace(/\]$/, ''))
  if (!interpreters.has(program)) return goBetweens.has(program)
  return goBetweens.has(nameOf(second).replace(/(-cli)?\.[cm]?js$/, ''))
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
