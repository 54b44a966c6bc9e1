import { type Ground, type Grounds, lane, sparkq, stop } from './ground.ts'
import { pause } from './measure.ts'
import { cpuMs } from './process.ts'
import type { Remark } from './report.ts'

const settleMs = 2000
const watchMs = 10_000

/** What a runner costs that waits. */
export async function idle({ empty, full, start }: Grounds): Promise<Remark> {
  const title = 'CPU of an idle runner (--watch)'
  if (process.platform !== 'linux') return { title, lines: ['needs /proc: Linux only'], values: {} }
  const runners = [empty, full].map(ground => start(ground, sparkq('runner', '-q', lane, '--watch')))
  await Promise.all([empty, full].map(untilHeld))
  await pause(settleMs)
  const before = runners.map(({ pid }) => cpuMs(pid as number))
  const begun = performance.now()
  await pause(watchMs)
  const wall = performance.now() - begun
  const used = runners.map(({ pid }, i) => cpuMs(pid as number) - (before[i] as number))
  for (const runner of runners) await stop(runner)
  const shares = used.map(ms => ms / wall)
  return {
    title,
    lines: ['', ', 100,000 finished tasks'].map((what, i) => {
      const share = shares[i] as number
      return `sparkq${what}: ${(share * 60).toFixed(3)} s per minute, ${(share * 100).toFixed(2)} % of a core`
    }),
    values: { empty: shares[0] as number, full: shares[1] as number },
  }
}

async function untilHeld({ core }: Ground): Promise<void> {
  while ((await core.listRunners()).runners.length === 0) await pause(50)
}
