import fs from 'node:fs'
import { type Ground, type Grounds, sparkq, stop } from './ground.ts'
import { pause } from './measure.ts'
import { cpuMs, memoryMiB } from './process.ts'
import type { Remark } from './report.ts'

const lanes = 8
const tasksPerLane = 250
/** The memory is looked at this often while the tasks are worked. */
const lookMs = 500
const settleMs = 2000
const idleMs = 15_000

/** A night, sped up: eight lanes, 2,000 tasks that write something, one server with its runners. */
export async function overnight({ make, start }: Grounds): Promise<Remark> {
  const title = `A night: ${lanes} lanes, ${lanes * tasksPerLane} tasks`
  if (process.platform !== 'linux') return { title, lines: ['needs /proc: Linux only'], values: {} }
  const ground = await make('night')
  const bare = start(ground, ['-e', 'setInterval(() => {}, 1e9)'])
  const server = start(ground, sparkq('run', '--all', '--host', '127.0.0.1', '--port', '0'), 'silent')
  await fill(ground)

  const begun = performance.now()
  const looks: { server: number; runners: number }[] = []
  while ((await countLeft(ground)) > 0) {
    await pause(lookMs)
    looks.push(await weigh(ground, server.pid as number))
  }
  const seconds = (performance.now() - begun) / 1000

  await pause(settleMs)
  const floor = memoryMiB(bare.pid as number)
  const pids = [server.pid as number, ...(await runnerPids(ground))]
  const share = await idleShare(pids)
  await stop(server)
  await stop(bare)
  const server_mib = quarters(looks.map(it => it.server))
  const runner_mib = quarters(looks.map(it => it.runners / lanes))
  const grew = (mib: number[]) =>
    `${mib.map(it => it.toFixed(1)).join(' → ')} MiB, quarter by quarter (bare node ${floor.toFixed(1)})`
  return {
    title,
    lines: [
      `worked in ${seconds.toFixed(0)} s`,
      `server: ${grew(server_mib)}`,
      `a runner: ${grew(runner_mib)}`,
      `idle, server and ${lanes} runners together: ${(share * 100).toFixed(2)} % of a core`,
    ],
    values: { seconds, floor_mib: floor, server_mib, runner_mib, idle_share: share },
  }
}

async function fill({ core, project }: Ground): Promise<void> {
  fs.writeFileSync(`${project.root}/task.sh`, 'seq 1 200\necho "note" >&2\n')
  await core.endSession({ id: 'bench' })
  await core.createSession({ name: 'night' })
  for (let lane = 1; lane <= lanes; lane++) {
    await core.createQueue({ session_id: 'night', name: `lane ${lane}` })
    const tasks = Array.from({ length: tasksPerLane }, () => ({
      queue_id: `lane ${lane}`,
      tool_name: 'run-bash',
      payload: { script_path: 'task.sh' },
    }))
    await core.createTasks({ tasks })
  }
}

async function countLeft({ core }: Ground): Promise<number> {
  const { tasks } = await core.getStats()
  return tasks.queued + tasks.running
}

const runnerPids = async ({ core }: Ground): Promise<number[]> =>
  (await core.listRunners()).runners.filter(it => !it.lost).map(it => it.process.pid)

async function weigh(ground: Ground, server: number): Promise<{ server: number; runners: number }> {
  const runners = (await runnerPids(ground)).map(memoryMiB)
  return { server: memoryMiB(server), runners: runners.reduce((sum, one) => sum + one, 0) }
}

/** The mean of each quarter. */
function quarters(values: number[]): number[] {
  const length = values.length / 4
  return [0, 1, 2, 3].map(i => {
    const some = values.slice(Math.floor(i * length), Math.floor((i + 1) * length))
    return some.reduce((sum, one) => sum + one, 0) / some.length
  })
}

async function idleShare(pids: number[]): Promise<number> {
  const before = pids.map(cpuMs)
  const begun = performance.now()
  await pause(idleMs)
  const wall = performance.now() - begun
  const used = pids.reduce((sum, pid, i) => sum + cpuMs(pid) - (before[i] as number), 0)
  return used / wall
}
