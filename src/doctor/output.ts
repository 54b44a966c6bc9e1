import fs from 'node:fs'
import path from 'node:path'
import { count } from '../contract/words.ts'
import { type Check, type Finding, orOk, warning } from './check.ts'
import type { Site } from './site.ts'

export const outputChecks: readonly Check[] = [{ name: 'output', look: lookAtOutput }]

/** Folders before tasks: one that is made meanwhile is not mistaken for a stray. */
function lookAtOutput({ inspect, project, typed }: Site): Finding[] {
  const tasks = path.join(project.logs, 'tasks')
  const folders = fs.existsSync(tasks) ? fs.readdirSync(tasks) : []
  const all = inspect().tasks()
  const known = new Set(all.map(it => it.id))
  const strays = folders.filter(id => !known.has(id))
  const there = new Set(folders)
  const bare = all.filter(it => it.is_finished && !there.has(it.id) && inspect().wasExecuted(it.id))
  const found: Finding[] = []
  if (strays.length > 0) found.push(strayFinding(project.logs, strays, typed))
  if (bare.length > 0) {
    const named = bare.slice(0, 3).map(it => it.friendly_id)
    const more = bare.length > named.length ? ` and ${bare.length - named.length} more` : ''
    found.push(
      warning(`The output of ${named.join(', ')}${more} is gone.`, ...named.map(name => `sparkq rm ${name}`)),
    )
  }
  return orOk(found, `that of ${count(folders.length, 'task')}`)
}

/** They are moved, not removed: the database may be the one that is wrong, after a restore of an older one. */
function strayFinding(logs: string, strays: string[], typed: Site['typed']): Finding {
  const to = path.join(logs, 'strays')
  const says = `${count(strays.length, 'folder')} of output ${strays.length === 1 ? 'belongs' : 'belong'} to no task: ${strays[0]}`
  return {
    ...warning(`${says}${strays.length > 1 ? ', …' : ''}.`, 'sparkq doctor --fix', `rm -r ${typed(to)}`),
    mend: () => {
      fs.mkdirSync(to, { recursive: true, mode: 0o700 })
      for (const name of strays) fs.renameSync(path.join(logs, 'tasks', name), path.join(to, name))
      return `moved ${count(strays.length, 'folder')} of output to ${typed(to)}`
    },
  }
}
