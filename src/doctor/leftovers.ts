import fs from 'node:fs'
import path from 'node:path'
import { identify } from '../processes/identity.ts'
import { type Check, type Finding, orOk, warning } from './check.ts'
import type { Site } from './site.ts'

export const leftoverChecks: readonly Check[] = [{ name: 'leftovers', look: lookAtLeftovers }]

/** Whoever makes one of these renames or removes it at once; a restore writes to its own all the while. */
const restMs = 10 * 60_000

/** What is made beside a file, and becomes it whole: it stays where its maker was killed. */
function lookAtLeftovers({ project, cwd, typed }: Site): Finding[] {
  const config = path.basename(project.configFile)
  const places: [folder: string, isLeft: (name: string) => boolean][] = [
    [
      path.dirname(project.configFile),
      name =>
        [`${config}.restoring`, 'sparkq.lock.tmp'].includes(name) ||
        (name.startsWith(`.${config}.`) && /\.\d+$/.test(name)),
    ],
    [cwd, name => /^sparkq-backup-.*\.\d+\.tmp$/.test(name)],
    [path.dirname(project.database), name => /\.tmp$|\.restoring(-wal|-shm|-journal)?$/.test(name)],
    [project.logs, name => name === 'restoring'],
  ]
  const found = places.flatMap(([folder, isLeft]) =>
    (fs.existsSync(folder) ? fs.readdirSync(folder) : []).filter(isLeft).map(name => path.join(folder, name)),
  )
  return orOk(
    [...new Set(found)].filter(isAbandoned).map(file => {
      const shown = typed(file)
      return warning(`${shown} is half made: what made it was killed.`, `rm -r ${shown}`)
    }),
    'none',
  )
}

function isAbandoned(file: string): boolean {
  const pid = /\.(\d+)(\.[0-9a-f]+)?(\.tmp)?$/.exec(path.basename(file))?.[1]
  // Its number may be another process's by now: then it is found another time.
  if (pid !== undefined && identify(Number(pid)) !== null) return false
  const stat = fs.statSync(file, { throwIfNoEntry: false })
  return stat !== undefined && (pid !== undefined || Date.now() - stat.mtimeMs > restMs)
}
