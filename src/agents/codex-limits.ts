import os from 'node:os'
import path from 'node:path'
import type { Reset } from './agent.ts'
import { timeOf } from './claude-events.ts'
import { namesIn, readTail } from './files.ts'
import { asFields, type Fields, fieldsIn, numberIn, parseObject } from './json.ts'

/** How much of the end of a rollout is looked at: the answer to the last request is among the last events. */
const tailBytes = 512 * 1024

/**
 * Where Codex keeps a thread: `$CODEX_HOME/sessions/YYYY/MM/DD/rollout-<time>-<thread id>.jsonl`. Undefined where there
 * is none.
 */
export function findRollout(thread: string, env: NodeJS.ProcessEnv): string | undefined {
  if (!/^[\w-]+$/.test(thread)) return undefined
  const home = env.CODEX_HOME || path.join(env.HOME || os.homedir(), '.codex')
  return findIn(path.join(home, 'sessions'), 3, thread)
}

/** Newest first: that is the one that is asked for, mostly. */
function findIn(folder: string, levels: number, thread: string): string | undefined {
  const names = namesIn(folder).sort().reverse()
  if (levels === 0) {
    const name = names.find(it => it.startsWith('rollout-') && it.endsWith(`-${thread}.jsonl`))
    return name && path.join(folder, name)
  }
  for (const name of names.filter(it => /^\d+$/.test(it))) {
    const found = findIn(path.join(folder, name), levels - 1, thread)
    if (found) return found
  }
  return undefined
}

/**
 * When the limits of a thread's account are over, to the second: its events on stdout name a time of day at best. Null
 * where its rollout does not say that one is reached, or the time has passed.
 */
export function resetFromRollout(thread: string, env: NodeJS.ProcessEnv, now = Date.now()): Reset | null {
  const file = findRollout(thread, env)
  const limits = file === undefined ? undefined : lastLimits(readTail(file, tailBytes))
  if (!limits) return null
  const reached = ['primary', 'secondary']
    .map(name => fieldsIn(limits, name))
    .filter(it => (numberIn(it, 'used_percent') ?? 0) >= 100)
    .flatMap(it => {
      const resets_at = timeOf(numberIn(it, 'resets_at'))
      return resets_at && Date.parse(resets_at) > now ? { resets_at, limit: windowOf(it) } : []
    })
  return reached.sort((a, b) => (a.resets_at < b.resets_at ? 1 : -1))[0] ?? null
}

/** What the last `token_count` says of the limits. */
function lastLimits(text: string): Fields | undefined {
  for (const line of text.split('\n').reverse()) {
    if (!line.includes('rate_limits')) continue
    const payload = fieldsIn(parseObject(line) ?? {}, 'payload')
    const limits = asFields(payload.rate_limits)
    if (payload.type === 'token_count' && limits) return limits
  }
  return undefined
}

/** A window by the name that Claude Code has for its like. */
function windowOf(limit: Fields): string | null {
  const minutes = numberIn(limit, 'window_minutes')
  if (minutes === 300) return 'five_hour'
  if (minutes === 10_080) return 'seven_day'
  return minutes === undefined ? null : `${minutes}_minutes`
}
