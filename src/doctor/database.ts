import fs from 'node:fs'
import path from 'node:path'
import { isBackup } from '../backup/format.ts'
import { SparkqError } from '../contract/errors.ts'
import { count } from '../contract/words.ts'
import { databaseVersion, type Inspection } from '../store/inspect.ts'
import { rebuildIndexes, recountQueues } from '../store/mend.ts'
import { broken, type Check, type Finding, ok, orOk, warning } from './check.ts'
import type { Site } from './site.ts'

/** A log that is not taken up again has somebody who reads for ever. */
const longLogBytes = 64 * 1024 * 1024

const fix = 'sparkq doctor --fix'

export const databaseChecks: readonly Check[] = [
  { name: 'database', look: lookAtDatabase },
  { name: 'integrity', look: lookAtIntegrity },
  { name: 'counts', look: lookAtCounts },
]

function lookAtDatabase(site: Site): Finding {
  const { project, typed, database } = site
  const file = project.database
  const name = typed(file)
  if (!fs.existsSync(file))
    return broken(`There is no database at ${name}.`, bringBack(site) ?? 'sparkq setup --yes')
  let version: number
  try {
    version = database().version()
  } catch (error) {
    return broken((error as Error).message, ...replace(site))
  }
  if (version > databaseVersion)
    return broken(
      `${name} was written by a newer SparkQ (its version is ${version}, this one knows ${databaseVersion}).`,
      'npm install -g sparkq@latest',
    )
  for (const place of [file, path.dirname(file)]) {
    if (!isWritable(place))
      return broken(
        `${typed(place)} cannot be written: nothing can be queued or run.`,
        `chmod u+w ${typed(place)}`,
        `df -h ${name}`,
      )
  }
  if (version < databaseVersion)
    return warning(
      `${name} is of an older version; the next command brings it up to date, with a copy kept.`,
      'sparkq status',
    )
  const log = sizeOf(`${file}-wal`)
  if (log > longLogBytes)
    return warning(
      `The log beside ${name} has ${megabytes(log)}: a process that reads all the time keeps it from being taken up.`,
      `fuser -v ${name}`,
      'sparkq restart',
    )
  return ok(`${name}, ${megabytes(sizeOf(file))}, version ${version}`)
}

function lookAtIntegrity(site: Site): Finding[] {
  const { inspect, full, project } = site
  const damage = damageOf(inspect(), full)
  if (damage.length > 0 && damage.every(isOfIndex)) {
    return [
      {
        ...broken(`Indexes do not say what their tables do: ${damage[0]}.`, 'sparkq doctor --full --fix'),
        mend: () => {
          rebuildIndexes(project.database)
          return 'made the indexes anew'
        },
      },
    ]
  }
  if (damage.length > 0) return [broken(`The database is damaged: ${damage[0]}.`, ...replace(site))]
  const stray = inspect().strayRows()
  return orOk(
    stray.map(({ table, rows }) =>
      broken(
        `${count(rows, 'row')} in ${table} ${rows === 1 ? 'belongs' : 'belong'} to nothing.`,
        ...replace(site),
      ),
    ),
    full
      ? 'pages, tables, indexes and references are sound'
      : 'pages, tables and references are sound (--full: indexes, too)',
  )
}

/** What is damaged enough cannot even be checked. */
function damageOf(db: Inspection, full: boolean): string[] {
  try {
    return db.damage({ full })
  } catch (error) {
    if (error instanceof SparkqError && error.code === 'unusable') return [error.message.replace(/\.$/, '')]
    throw error
  }
}

const isOfIndex = (line: string): boolean =>
  /missing from index|wrong # of entries in index|non-unique entry/.test(line)

function lookAtCounts({ inspect, project }: Site): Finding[] {
  const queues = inspect().wrongCounts()
  if (queues.length === 0) {
    const { queued, running, succeeded, failed } = inspect().counts()
    return [
      ok(`${count(queued + running + succeeded + failed, 'task')}: ${queued} queued, ${running} running`),
    ]
  }
  const named = queues.map(name => `"${name}"`).join(', ')
  return [
    {
      ...broken(`The kept counts of ${named} are not what the tasks come to.`, fix),
      mend: () => {
        recountQueues(project.database)
        return 'counted the tasks again'
      },
    },
  ]
}

/** What brings back a database that cannot be read: the newest backup, or a new beginning. */
function replace(site: Site): string[] {
  const found = bringBack(site)
  if (found !== undefined) return [found]
  const name = site.typed(site.project.database)
  return [`mv ${name} ${name}.damaged`, 'sparkq setup --yes']
}

function bringBack({ cwd, project, typed }: Site): string | undefined {
  const folders = [...new Set([path.dirname(project.configFile), cwd])]
  const backups = folders.flatMap(folder =>
    fs
      .readdirSync(folder)
      .map(name => path.join(folder, name))
      .filter(isBackup),
  )
  const newest = backups.sort((a, b) => fs.statSync(a).mtimeMs - fs.statSync(b).mtimeMs).at(-1)
  return newest && `sparkq restore ${typed(newest)}`
}

function isWritable(place: string): boolean {
  try {
    fs.accessSync(place, fs.constants.W_OK)
    return true
  } catch {
    return false
  }
}

const sizeOf = (file: string): number => fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0
const megabytes = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(1)} MB`
