import { findServer } from '../src/server/lock.ts'
import { serverLockPath } from '../src/server/places.ts'
import { waitFor } from '../test/support/wait.ts'
import { type Keepers, lanes } from './plan.ts'
import { findRunners, tryKill } from './prey.ts'
import type { Site, Spawned } from './site.ts'

/** A process that is started again, a while after it was killed. */
export type Kept = {
  name: 'server' | 'runner' | 'supervisor'
  /** undefined while it is down. */
  running(): Spawned | undefined
  /** @returns whether there was something to kill */
  kill(downMs: number): boolean
  stop(): Promise<void>
}

/** What must be there for the lanes to be worked, and for calls to be answered. */
export type Keeping = {
  all: Kept[]
  /** Kills the `n`th runner, round and round. @returns whether there was one */
  killRunner(n: number, downMs: number): boolean
  address(): string | undefined
  stop(): Promise<void>
}

type Log = (line: string) => void

/** Runners on all lanes: one process for each that we keep; or a supervisor's, in the server or in a terminal. */
export function keepAll(site: Site, log: Log, keepers: Keepers): Keeping {
  const server = keep(site, log, 'server', keepers === 'server' ? ['run', '--all'] : ['run'])
  const more = {
    us: () => lanes.map(lane => keep(site, log, 'runner', ['runner', '-q', lane, '--watch'])),
    server: () => [],
    terminal: () => [keep(site, log, 'supervisor', ['runner', '--all'])],
  }
  const all = [server, ...more[keepers]()]
  const address = (): string | undefined => {
    const holder = findServer(serverLockPath(site.project))
    return (holder?.process.pid === server.running()?.pid && holder?.address) || undefined
  }
  const killRunner = (n: number, downMs: number): boolean => {
    const ours = all.filter(it => it.name === 'runner')
    if (keepers === 'us') return ours[n % ours.length]?.kill(downMs) ?? false
    const pids = findRunners(site.project)
    return pids.length > 0 && tryKill(pids[n % pids.length] as number)
  }
  const stop = async (): Promise<void> => {
    await Promise.all(all.map(it => it.stop()))
    // What a killed supervisor has left, a person ends with this.
    if (keepers !== 'us') await site.sparkq(['stop']).ended
  }
  return { all, killRunner, address, stop }
}

/** How long a stop may take: a machine that is stuck, not one that is slow. */
const stopLimitMs = 30_000
const refusedPauseMs = 200

function keep(site: Site, log: Log, name: Kept['name'], words: string[]): Kept {
  let running: Spawned | undefined
  let isStopping = false
  let downMs: number | undefined
  const unexpected: string[] = []
  const timers = new Set<NodeJS.Timeout>()

  const begin = (): void => {
    const spawned = site.sparkq(words)
    running = spawned
    log(`started ${words.join(' ')} (${spawned.pid})`)
    void spawned.ended.then(({ code, signal }) => {
      running = undefined
      log(`${words.join(' ')} (${spawned.pid}) ended with ${code ?? signal}`)
      if (isStopping) return
      // Another one may be seen to hold the lane or the port for a moment: a person would try again, too.
      if (downMs === undefined && code !== 4) unexpected.push(`${code ?? signal}: ${spawned.said.stderr}`)
      if (code === 4) log(spawned.said.stderr.trim())
      const timer = setTimeout(() => {
        timers.delete(timer)
        begin()
      }, downMs ?? refusedPauseMs)
      timers.add(timer)
      downMs = undefined
    })
  }
  begin()
  return {
    name,
    running: () => running,
    kill: ms => {
      if (!running) return false
      downMs = ms
      return running.child.kill('SIGKILL')
    },
    stop: async () => {
      await waitFor(`${words.join(' ')} is up again`, () => timers.size === 0, stopLimitMs)
      isStopping = true
      const last = running
      last?.child.kill('SIGTERM')
      const forced = setTimeout(() => {
        unexpected.push('it did not stop when told to')
        last?.child.kill('SIGKILL')
      }, stopLimitMs)
      await last?.ended
      clearTimeout(forced)
      if (unexpected.length > 0)
        throw new Error(`${words.join(' ')} ended by itself.\n${unexpected.join('\n')}`)
    },
  }
}
