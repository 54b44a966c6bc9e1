import { spawnSync } from 'node:child_process'
import { type Ground, type Grounds, lane, sparkq } from './ground.ts'
import { inTurns, timed } from './measure.ts'
import type { Outcome } from './report.ts'

const rounds = 20

/** Whole processes, from start to exit. */
export async function cli({ empty, full }: Grounds): Promise<Outcome[]> {
  const enqueue = sparkq('enqueue', '-q', lane, '-c', 'true')
  const { floor, version, ...enqueued } = await inTurns(rounds, {
    floor: () => run(empty, ['-e', '0']),
    version: () => run(empty, sparkq('--version')),
    empty: () => run(empty, enqueue),
    full: () => run(full, enqueue),
  })
  for (const ground of [empty, full]) await drain(ground)
  return [
    { title: 'sparkq --version', floorName: 'node -e 0', ...{ floor, empty: version } },
    { title: 'sparkq enqueue -q bench -c true', floorName: 'node -e 0', ...{ floor, ...enqueued } },
  ]
}

function run({ project, env }: Ground, words: string[]): Promise<number> {
  return timed(() => {
    const { status } = spawnSync(process.execPath, words, { cwd: project.root, env, stdio: 'ignore' })
    if (status !== 0) throw new Error(`node ${words.join(' ')} ended with ${status}.`)
  })
}

/** The lane is left as it was found: without queued tasks. */
async function drain({ core }: Ground): Promise<void> {
  for (;;) {
    const { task } = await core.claimTask({ id: lane, worker_id: 'worker-bench' })
    if (!task) return
    await core.completeTask({ id: task.id, result_summary: 'done' })
  }
}
