import { attemptFiles } from '../attempt-files/paths.ts'
import { readReport } from '../attempt-files/result.ts'
import { readStatus } from '../attempt-files/status.ts'
import type { Project } from '../config.ts'
import { openCore } from '../connect.ts'
import type { Api } from '../contract/api.ts'
import type { Attempt, Ending } from '../contract/attempts.ts'
import { listBegun } from '../contract/begun.ts'
import type { Task } from '../contract/tasks.ts'
import { timestamp } from '../contract/time.ts'
import { openStore } from '../store/store.ts'

/**
 * Brings a database that was just copied in step with where it is now: with a version of today, without the runners and the
 * server of then, and with an end for what ran then. Its event log goes on above whatever anybody here has seen.
 * @param project where the copy lies, not where it is to lie
 * @returns the tasks that ran, as they are now
 */
export async function settleCopy(
  project: Project,
  { backedUpAt, lastSeen, actor }: { backedUpAt: string; lastSeen: number; actor: string },
): Promise<Task[]> {
  noteRestore(project, backedUpAt, lastSeen, actor)
  const core = openCore(project, actor)
  try {
    const { runners } = await core.listRunners()
    for (const { id } of runners) await core.stopRunner({ id })
    return await settleRunning(core, project.logs)
  } finally {
    core.close()
  }
}

function noteRestore(project: Project, backed_up_at: string, lastSeen: number, actor: string): void {
  const store = openStore(project.database)
  try {
    store.transaction(() => {
      store.audit.skipTo(lastSeen)
      store.supervision.forget()
      const at = timestamp(Date.now())
      const known = store.projects.get()
      if (known) store.projects.update({ ...known, repo_path: project.root, now: at })
      store.audit.append({ at, event: 'project.restored', actor, data: { backed_up_at } })
    })
  } finally {
    store.close()
  }
}

async function settleRunning(api: Api, logs: string): Promise<Task[]> {
  const settled: Task[] = []
  // What a worker outside has may be finished by it yet, or runs into its limit.
  for (const { task, attempt } of (await listBegun(api)).reverse())
    settled.push(await settle(api, logs, task, attempt))
  return settled
}

async function settle(api: Api, logs: string, task: Task, attempt: Attempt): Promise<Task> {
  const files = attemptFiles(logs, task.id, attempt.number)
  const { exit, pid, endedAt } = readStatus(files.status)
  const wasStarted = pid !== null || attempt.process !== null
  const ending = exit ? endingOf(exit, attempt) : lost(wasStarted)
  const report = readReport(files, exit?.code === 0)
  const { task: ended } = await api.finishAttempt({
    ...report,
    ...{ id: task.id, attempt: attempt.number, ending },
    ...(endedAt === null ? {} : { finished_at: timestamp(endedAt) }),
  })
  return ended
}

/** It came to its end while the backup was made, which has all of it. */
function endingOf(exit: { code: number | null; signal: string | null }, { stop_cause }: Attempt): Ending {
  if (stop_cause) return { kind: 'stopped', cause: stop_cause, code: exit.code, signal: exit.signal }
  if (exit.signal !== null) return { kind: 'signal', signal: exit.signal }
  return { kind: 'exit', code: exit.code as number }
}

const lost = (wasStarted: boolean): Ending =>
  wasStarted
    ? { kind: 'vanished', detail: 'it ran while the backup was made.' }
    : { kind: 'not_started', detail: 'it was about to when the backup was made.' }
