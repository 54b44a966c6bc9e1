import type { Config } from '../contract/config.ts'
import type { ScriptIndex } from '../scripts/script-index.ts'
import type { Store } from '../store/store.ts'
import type { Silence } from './silence.ts'

/** What every rule works with. */
export type Context = {
  store: Store
  config: Config
  /** Absolute path of the project's tree: what paths in payloads are relative to. */
  projectRoot: string
  /** Absolute path of the folder that holds the attempts' output. */
  logs: string
  scripts: ScriptIndex
  /** Who acts, for the audit log. */
  actor: string
  version: string
  /** Applies the configuration file as it is now. @returns what is different */
  reload: () => string[]
  /** Milliseconds since 1970. */
  clock: () => number
  silence: Silence
  /** Tells this process's own listeners that something was committed; other processes see it in the database. */
  committed: () => void
}

/** Runs `work` as one transaction, then tells who waits for a change. */
export function change<T>(ctx: Context, work: () => T): T {
  const result = ctx.store.transaction(work)
  ctx.committed()
  return result
}
