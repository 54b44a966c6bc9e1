import fs from 'node:fs'
import { shellQueue } from '../contract/shell-word.ts'
import { liveness } from '../processes/identity.ts'
import { lockFilePath, lockFolder, readLockFile } from '../runner/lock-file.ts'
import { findServer } from '../server/lock.ts'
import { serverLockPath } from '../server/places.ts'
import { type Check, type Finding, ok, orOk, warning } from './check.ts'
import type { Site } from './site.ts'

export const lockChecks: readonly Check[] = [
  { name: 'server lock', look: lookAtServerLock },
  { name: 'runner locks', look: lookAtRunnerLocks },
  { name: 'runners', look: lookAtLeases },
]

function lookAtServerLock({ project, typed }: Site): Finding {
  const file = serverLockPath(project)
  if (!fs.existsSync(file)) return ok('none')
  if (findServer(file)) return ok(`${typed(file)} is held`)
  return warning(`${typed(file)} was left by a server that is gone.`, `rm ${typed(file)}`)
}

function lookAtRunnerLocks({ project, env, inspect, typed }: Site): Finding[] {
  const folder = lockFolder(env, project.config.queue_runner.lock_dir)
  const left = inspect()
    .queueIds()
    .map(id => lockFilePath(folder, id))
    .flatMap(file => {
      const owner = readLockFile(file)
      return owner && liveness(owner) === 'dead' ? [{ file, pid: owner.pid }] : []
    })
  return orOk(
    left.map(({ file, pid }) =>
      warning(`${typed(file)} was left by a runner that is gone (process ${pid}).`, `rm ${typed(file)}`),
    ),
    'none was left behind',
  )
}

/** A lane is free for the next runner, whatever its row says; but nobody has noticed yet that it was left. */
function lookAtLeases({ inspect }: Site): Finding[] {
  const leases = inspect().leases()
  const dead = leases.filter(it => !it.remote && liveness(it.process) === 'dead')
  if (dead.length === 0) return [ok(leases.length === 0 ? 'none' : leases.map(it => it.queue).join(', '))]
  return dead.map(({ queue, process: { pid } }) =>
    warning(
      `The runner of "${queue}" (process ${pid}) went without a word.`,
      `sparkq runner ${shellQueue(queue)}`,
    ),
  )
}
