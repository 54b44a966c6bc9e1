import fs from 'node:fs'
import path from 'node:path'
import { nearestFolder } from '../attempt-files/space.ts'
import { unusable } from '../contract/errors.ts'
import { type Turn, work } from './lane-loop.ts'
import type { LaneEnd, LaneOptions } from './lane-options.ts'
import { withLease } from './lease.ts'
import { persistentApi } from './persistent.ts'

/**
 * Works one lane: takes its lease, takes up what was left, then task after task. A lease that was lost (a machine that
 * slept) is taken again.
 * @throws conflict when another runner holds the lane
 */
export async function runLane(options: LaneOptions): Promise<LaneEnd> {
  requireWritable(options.logs)
  let done = 0
  for (;;) {
    const turn = await holdLane(options)
    done += turn.done
    if (!turn.lost) {
      options.report({ type: 'ended', done, left: turn.left })
      return { done, left: turn.left }
    }
    options.report({
      type: 'warning',
      message: 'The lane was given up for lost meanwhile; it is taken again.',
    })
  }
}

async function holdLane(options: LaneOptions): Promise<Turn> {
  return withLease(options, async (runner, queue) => {
    options.report({ type: 'started', runner, queue })
    return work(patient(options), runner)
  })
}

/** Asked before a task is claimed: where its output could not be kept, it must stay queued. */
function requireWritable(logs: string): void {
  const folder = path.join(logs, 'tasks')
  try {
    fs.accessSync(nearestFolder(folder), fs.constants.W_OK)
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw unusable(`${folder} cannot be written (${code}).`, `ls -ld ${folder}\ndf -h ${folder}`, error)
  }
}

/** A server that is away for a while, or a disk that is full, must not end a runner: its task runs on. */
function patient(options: LaneOptions): LaneOptions {
  const tell = (message: string): void => options.report({ type: 'warning', message })
  return { ...options, api: persistentApi(options.api, tell, options.signal) }
}
