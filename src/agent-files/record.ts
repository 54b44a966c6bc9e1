import fs from 'node:fs'
import path from 'node:path'
import type { AgentName } from '../contract/agents.ts'
import type { Scope } from './pieces.ts'
import type { Placed } from './place.ts'

/** What was installed. `files` and `folders` were not there before. */
export type Installed = { placed: Placed[]; files: string[]; folders: string[] }
export type Record = Partial<{ [K in `${AgentName} ${Scope}`]: Installed }>

/** Where it is written down: what lies in the project with that, what is the user's in their own state folder. */
export function recordFileOf(
  scope: Scope,
  { root, home }: { root: string; home: string },
  env: NodeJS.ProcessEnv,
) {
  if (scope === 'project') return path.join(root, 'sparkq/data/agent-files.json')
  return path.join(env.XDG_STATE_HOME || path.join(home, '.local/state'), 'sparkq/agent-files.json')
}

/** Nothing where there is none that can be read. */
export function readInstalled(file: string): Record {
  try {
    const all = JSON.parse(fs.readFileSync(file, 'utf8')) as Record
    const isWhole = (it: Installed | undefined): boolean =>
      Array.isArray(it?.placed) && Array.isArray(it.files) && Array.isArray(it.folders)
    return Object.fromEntries(Object.entries(all).filter(([, it]) => isWhole(it)))
  } catch {
    return {}
  }
}

/** One that says nothing is removed. */
export function writeInstalled(file: string, all: Record): void {
  if (Object.keys(all).length === 0) {
    fs.rmSync(file, { force: true })
    return
  }
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  fs.writeFileSync(file, `${JSON.stringify(all, null, 2)}\n`, { mode: 0o600 })
}
