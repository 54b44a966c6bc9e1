import assert from 'node:assert/strict'
import path from 'node:path'
import type { Api } from '../../src/contract/api.ts'
import type { RunnerMode } from '../../src/contract/runners.ts'
import type { Task, TaskInput } from '../../src/contract/tasks.ts'
import { listProcesses } from '../../src/processes/table.ts'
import { runLane } from '../../src/runner/lane.ts'
import type { LaneEnd } from '../../src/runner/lane-options.ts'
import type { RunnerEvent } from '../../src/runner/report.ts'
import { type OpenProject, openProject } from '../support/project.ts'
import { type SpawnedNode, spawnNode } from '../support/spawn.ts'
import { waitFor } from '../support/wait.ts'

type Test = { after(clean: () => void | Promise<void>): void }

export type Lane = OpenProject & {
  api: Api
  /** Enqueues a Bash command line. */
  bash(command: string, more?: Partial<TaskInput>): Promise<Task>
  /** Works the lane, or another one, in this process until it is empty (or as `mode` says). */
  work(mode?: RunnerMode, queue?: string): Promise<LaneEnd & { events: RunnerEvent[] }>
  /** Works the lane in a process of its own. */
  spawnRunner(mode: RunnerMode, env?: NodeJS.ProcessEnv): Runner
  task(ref: string): Promise<Task>
}

export type Runner = SpawnedNode & { saw(type: RunnerEvent['type'], taskRef?: string): Promise<void> }

/** A project with one lane, `Q`. */
export async function openLane(
  t: Test,
  config = 'limits: {stop_grace: 0.3, retry_delay: 0.05}\n',
  folder?: string,
): Promise<Lane> {
  const opened = openProject(t, { config, folder })
  const { core: api, project } = opened
  process.env.SPARKQ_RUNNER_LOCK_DIR = project.root
  await api.createSession({ name: 's' })
  await api.createQueue({ session_id: 's', name: 'q', instructions: 'Be kind.' })
  const lane: Lane = {
    ...opened,
    api,
    bash: async (command, more = {}) => {
      const { task } = await api.createTask({
        queue_id: 'q',
        tool_name: 'run-bash',
        payload: { command },
        ...more,
      })
      return task
    },
    work: async (mode = 'run', queue = 'q') => {
      const events: RunnerEvent[] = []
      const { root, logs, configFile, config } = project
      const report = (event: RunnerEvent) => void events.push(event)
      const signal = new AbortController().signal
      const end = await runLane({
        api,
        queue,
        mode,
        report,
        signal,
        env: process.env,
        root,
        logs,
        configFile,
        config,
      })
      return { ...end, events }
    },
    spawnRunner: (mode, env) => {
      const spawned = spawnNode(t, 'fixtures/runner/run-lane.ts', [project.configFile, 'q', mode], env)
      return { ...spawned, saw: (type, ref) => waitForEvent(spawned, type, ref) }
    },
    task: async ref => (await api.getTask({ id: ref })).task,
  }
  return lane
}

async function waitForEvent({ lines, ended }: SpawnedNode, type: string, ref?: string): Promise<void> {
  let failed: unknown
  ended.catch(error => {
    failed = error
  })
  await waitFor(`the runner tells ${type} ${ref ?? ''}`, () => {
    if (failed) throw failed
    return lines
      .map(line => JSON.parse(line) as RunnerEvent)
      .some(
        event =>
          event.type === type && (ref === undefined || ('task' in event && event.task.friendly_id === ref)),
      )
  })
}

/** Nothing of the project's tasks lives: the recorder may need a moment after it has written the exit. */
export async function assertNothingLeft(lane: Lane): Promise<void> {
  let left: string[] = []
  await waitFor('nothing of the tasks is left', async () => {
    left = await processesOf(lane)
    return left.length === 0
  }).catch(() => assert.deepEqual(left, []))
}

/** The processes that a project's tasks have left on this machine. */
export async function processesOf({ project }: Lane): Promise<string[]> {
  const { readFile } = await import('node:fs/promises')
  const found: string[] = []
  for (const { pid, command } of listProcesses()) {
    const environment = await readFile(path.join('/proc', String(pid), 'environ'), 'utf8').catch(() => '')
    const isTask =
      environment.includes('SPARKQ_MARK=') &&
      environment.includes(`SPARKQ_PROJECT_CONFIG=${project.configFile}\0`)
    if (isTask) found.push(`${pid} ${command}`)
  }
  return found
}
