import type { Row } from '../row.ts'
import * as agents from './agents.ts'
import * as asking from './asking.ts'
import * as lanes from './lanes.ts'
import * as places from './places.ts'
import * as prompts from './prompts-and-scripts.ts'
import * as providers from './providers.ts'
import * as results from './results.ts'
import * as server from './server.ts'
import * as settings from './settings.ts'
import * as tasks from './tasks.ts'
import * as work from './work.ts'
import * as worktrees from './worktrees.ts'

/** What is also walked through a server, with `--url`. */
const remote = [lanes, tasks, prompts, work, providers, results, settings, worktrees, asking]

export const remoteRows: readonly Row[] = remote.flatMap(topic => topic.rows)
export const allRows: readonly Row[] = [
  ...remoteRows,
  ...settings.fileRows,
  ...places.rows,
  ...server.rows,
  ...agents.rows,
]
export const allFiles: Record<string, string> = Object.assign({}, ...remote.map(topic => topic.files))
