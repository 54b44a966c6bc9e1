import fs from 'node:fs'
import path from 'node:path'
import { recordHole } from '../../src/attempt-files/holes.ts'
import { appendMark } from '../../src/attempt-files/marks.ts'
import { attemptFiles } from '../../src/attempt-files/paths.ts'
import { punch } from '../../src/attempt-files/punch.ts'
import type { AgentName } from '../../src/contract/agents.ts'
import type { Input } from '../../src/contract/api.ts'
import type { OutputStream } from '../../src/contract/attempts.ts'
import type { ChangesInput } from '../../src/contract/changes.ts'
import type { Task, TaskInput } from '../../src/contract/tasks.ts'
import { self } from '../../src/processes/identity.ts'
import type { Site } from './run-cli.ts'

/** A running attempt whose runner is this test: it writes what the test says, and ends when the test says so. */
export type Attempt = {
  task: Task
  number: number
  write(stream: OutputStream, text: string | Buffer, options?: { marked?: boolean }): void
  /** Leaves these bytes out, as a runner does: first it is recorded, then they go. */
  cut(stream: OutputStream, hole: { from: number; to: number }): Promise<void>
  finish(code: number, said?: Partial<Input<'finishAttempt'>>): Promise<void>
}

/** Queues a task and claims it as the runner of its lane. */
export async function begin(
  { core, folder }: Site,
  { queue = 'default', ...more }: { queue?: string } & Partial<TaskInput> = {},
): Promise<Attempt> {
  await core.createTask({ queue_id: queue, tool_name: 'run-bash', payload: { command: 'x' }, ...more })
  return claim({ core, folder }, queue)
}

export async function claim(
  { core, folder }: Pick<Site, 'core' | 'folder'>,
  queue = 'default',
): Promise<Attempt> {
  const { runners } = await core.listRunners()
  const runner =
    runners.find(it => it.queue.name === queue) ??
    (await core.startRunner({ queue_id: queue, mode: 'watch', process: self() })).runner
  const { task } = await core.claimTask({
    id: queue,
    worker_id: runner.worker_id,
    runner_id: runner.id,
    claim_key: crypto.randomUUID(),
  })
  if (!task) throw new Error('nothing to claim')
  const number = task.attempt as number
  await core.startAttempt({ id: task.id, attempt: number, process: self(), command: ['x'], cwd: folder })
  return {
    task,
    number,
    ...files(folder, task, number),
    finish: (code, said) => finish(core, task, number, code, said),
  }
}

function files(folder: string, task: Task, number: number): Pick<Attempt, 'write' | 'cut'> {
  const places = attemptFiles(path.join(folder, 'sparkq/logs'), task.id, number)
  fs.mkdirSync(places.folder, { recursive: true })
  return {
    cut: (stream, hole) => {
      recordHole(places, stream, hole)
      return punch(places[stream], hole)
    },
    write: (stream, text, { marked = true } = {}) => {
      fs.appendFileSync(places[stream], text)
      if (!marked) return
      const fd = fs.openSync(places.marks, 'a')
      appendMark(fd, { at: Date.now(), stream, offset: fs.statSync(places[stream]).size })
      fs.closeSync(fd)
    },
  }
}

async function finish(
  core: Site['core'],
  task: Task,
  attempt: number,
  code: number,
  said: Partial<Input<'finishAttempt'>> = {},
): Promise<void> {
  await core.finishAttempt({ id: task.id, attempt, ending: { kind: 'exit', code }, ...said })
}

/** The same of a prompt, for which an agent has begun a conversation. */
export async function beginAgent(
  { core, folder }: Site,
  {
    agent = 'claude',
    host = 'here',
    ...more
  }: { agent?: AgentName; host?: string } & Partial<TaskInput> = {},
): Promise<Attempt> {
  const tool_name = agent === 'codex' ? 'llm-codex' : 'llm-sonnet'
  await core.createTask({ queue_id: 'default', tool_name, payload: { prompt: 'Do it' }, ...more })
  const attempt = await claim({ core, folder })
  const { task, number } = attempt
  await core.openConversation({ id: task.id, attempt: number, agent, host })
  return attempt
}

/** Two files changed, one of them no text, and a commit. */
export const changed = {
  before: { head: 'a'.repeat(40), dirty: false },
  after: { head: 'b'.repeat(40), dirty: true },
  branch: 'main',
  worktree: null,
  commits: [{ id: 'b'.repeat(40), subject: 'Log in anew' }],
  files: [
    { path: 'src/login.ts', added: 2, deleted: 1 },
    { path: 'logo.png', added: null, deleted: null },
  ],
  shared: false,
  cut: false,
  patch_bytes: 120,
  patch: `diff --git a/src/login.ts b/src/login.ts
--- a/src/login.ts
+++ b/src/login.ts
@@ -1 +1,2 @@
-old
+new
+\tmore \x1b[2J
`,
} satisfies ChangesInput
