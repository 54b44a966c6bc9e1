import type { Api } from '../contract/api.ts'
import type { Config } from '../contract/config.ts'
import type { Event } from '../contract/events.ts'
import { timestamp } from '../contract/time.ts'
import { pause } from '../processes/pause.ts'
import { withoutTask } from '../processes/scrub.ts'
import { type Backlog, createBacklog } from './backlog.ts'
import { makeNotice, type Notice, noticesOf } from './notice.ts'
import { runProgram } from './run-program.ts'
import { programOf, type Way, waysOf } from './ways.ts'

type Telling = { event: Event; kind: string; way: Way }

export type NotifierOptions = {
  api: Api
  /** Says who tells it: many processes see the same event, and each thing is told once. */
  ledger: { claim(telling: Telling): boolean; fail(telling: Telling, error: string): void }
  project: { config: Config; root: string; configFile: string }
  env: NodeJS.ProcessEnv
  /** Hears, in a sentence, of what could not be told. */
  onTrouble(sentence: string): void
  limitMs?: number
}

export type Notifier = {
  /** Tells what has happened until now, for at most `patienceMs`. */
  stop(patienceMs: number): Promise<void>
}

const tellLimitMs = 30_000
const mostWaiting = 20
const watchAgainMs = 1000

/** Tells the person what happens from now on, in every way that is open to this process; nothing ever waits for it. */
export async function startNotifier(options: NotifierOptions): Promise<Notifier> {
  const { api, onTrouble } = options
  const { events } = await api.listEvents({ limit: 1 })
  const teller = createTeller(options)
  const ending = new AbortController()
  let seen = events[0]?.seq ?? 0

  const take = async (event: Event): Promise<void> => {
    seen = event.seq
    try {
      await teller.take(event)
    } catch (error) {
      onTrouble(`Of what has just happened nothing could be told: ${(error as Error).message}`)
    }
  }
  const watch = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      try {
        for await (const event of api.watchEvents({ after: seen, signal: ending.signal })) await take(event)
      } catch (error) {
        if (ending.signal.aborted) return
        onTrouble(`For a while nothing can be told: ${(error as Error).message}`)
        await pause(watchAgainMs, ending.signal)
      }
    }
  }
  const takeTheRest = async (): Promise<void> => {
    for (;;) {
      const { events } = await api.listEvents({ after: seen, limit: 500 })
      for (const event of events) await take(event)
      if (events.length === 0) return
    }
  }
  const watched = watch()
  return {
    stop: async patienceMs => {
      ending.abort()
      await watched
      await takeTheRest().catch(error => onTrouble(`What happened last was not told: ${error.message}`))
      const left = await teller.end(patienceMs)
      if (left > 0) onTrouble(`${left} notifications were left out, as there was no time for them.`)
    },
  }
}

export type Item = { notice: Notice; way: Way; settings: Config['notify'] }

/** Sends one notice one way. @returns how that failed; null when it did not */
export function tell(
  { project, env, limitMs = tellLimitMs }: Pick<NotifierOptions, 'project' | 'env' | 'limitMs'>,
  { way, settings, notice }: Item,
  signal: AbortSignal,
): Promise<string | null> {
  return runProgram(programOf(way, settings, notice), {
    cwd: project.root,
    env: { ...withoutTask(env), SPARKQ_PROJECT_CONFIG: project.configFile },
    limitMs,
    signal,
  })
}

type Claimed = Item & { event: Event }

/** A backlog for each way: a command that hangs does not keep the desktop waiting. */
function createTeller(options: NotifierOptions) {
  const { api, ledger, project, env } = options
  const backlogs: Record<Way, Backlog<Claimed>> = { command: toTell(options), desktop: toTell(options) }
  return {
    take: async (event: Event): Promise<void> => {
      // Read anew each time: a reload changes it.
      const { config, root } = project
      const settings = config.notify
      const ways = waysOf(settings, env)
      if (ways.length === 0) return
      for (const about of await noticesOf(api, event)) {
        if (!settings.on.includes(about.kind)) continue
        const notice = makeNotice({ name: config.project.name, root }, event.at, about)
        for (const way of ways) {
          if (ledger.claim({ event, kind: notice.kind, way }))
            backlogs[way].add({ event, notice, way, settings })
        }
      }
    },
    end: async (patienceMs: number): Promise<number> => {
      const left = await Promise.all(Object.values(backlogs).map(it => it.end(patienceMs)))
      return left.reduce((sum, it) => sum + it, 0)
    },
  }
}

function toTell(options: NotifierOptions): Backlog<Claimed> {
  const { ledger, onTrouble, project } = options
  return createBacklog<Claimed>({
    most: mostWaiting,
    work: async (item, signal) => {
      const { event, notice, way } = item
      try {
        const error = await tell(options, item, signal)
        if (error === null) return
        onTrouble(`The notification "${notice.message}" failed (${way}): ${error}`)
        ledger.fail({ event, kind: notice.kind, way }, error)
      } catch (error) {
        onTrouble(`A notification failed: ${(error as Error).message}`)
      }
    },
    sumUp: (count, last) => {
      const { name } = project.config.project
      const message = `${count} more things happened in the meantime; sparkq status shows how it is.`
      const about = { kind: 'left_out', message } as const
      return { ...last, notice: makeNotice({ name, root: project.root }, timestamp(Date.now()), about) }
    },
  })
}
