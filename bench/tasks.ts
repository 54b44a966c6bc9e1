import { spawn } from 'node:child_process'
import { runLane } from '../src/runner/lane.ts'
import { type Ground, type Grounds, lane } from './ground.ts'
import { inTurns, timed } from './measure.ts'
import type { Outcome } from './report.ts'

const rounds = 7
const perRound = 20

/** Tasks that do nothing, one after the other: what a runner adds to the start of a Bash. */
export async function tasks({ empty, full }: Grounds): Promise<Outcome> {
  const samples = await inTurns(rounds, {
    floor: () => timed(spawnAll, perRound),
    empty: () => measure(empty),
    full: () => measure(full),
  })
  return {
    title: 'Run a Bash task that does nothing, through a runner',
    floorName: "spawn('bash', ['-c', 'true'])",
    ...samples,
  }
}

async function spawnAll(): Promise<void> {
  for (let i = 0; i < perRound; i++) {
    await new Promise((resolve, reject) => {
      spawn('bash', ['-c', 'true'], { stdio: 'ignore' }).once('error', reject).once('exit', resolve)
    })
  }
}

async function measure({ core, project, env }: Ground): Promise<number> {
  for (let i = 0; i < perRound; i++) {
    await core.createTask({ queue_id: lane, tool_name: 'run-bash', payload: { command: 'true' } })
  }
  const { root, logs, configFile, config } = project
  let succeeded = 0
  const ms = await timed(
    () =>
      runLane({
        api: core,
        queue: lane,
        mode: 'run',
        report: event => {
          if (event.type === 'task_ended' && event.task.status === 'succeeded') succeeded++
        },
        signal: new AbortController().signal,
        env,
        root,
        logs,
        configFile,
        config,
      }),
    perRound,
  )
  if (succeeded !== perRound) throw new Error(`${succeeded} of ${perRound} tasks succeeded.`)
  return ms
}
