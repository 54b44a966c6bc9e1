import fs from 'node:fs'
import path from 'node:path'
import type { TestContext } from 'node:test'
import type { Event } from '../../src/contract/events.ts'
import type { Notice } from '../../src/notify/notice.ts'
import { type Notifier, startNotifier } from '../../src/notify/notifier.ts'
import { writeFiles } from '../support/folder.ts'
import { type OpenProject, openProject } from '../support/project.ts'
import { waitFor } from '../support/wait.ts'

/** What a notification command may be: adds what it is told to a file, a line each. */
export const noting = `line=$(cat); printf '%s\\n' "$line" >> said.jsonl`

export type Told = OpenProject & {
  /** What was told so far, in this order. */
  told(): Notice[]
  /** What went wrong, as a server or a runner would say it. */
  troubles: string[]
  notifier: Notifier
  /** Adds a task to the lane `q` and takes it. */
  running(payload?: Record<string, unknown>): Promise<string>
  failing(words?: string): Promise<string>
  succeeding(): Promise<string>
}

export type TellOptions = { command?: string; notify?: object; limitMs?: number; env?: NodeJS.ProcessEnv }

/** A project with a lane `q`, and a notifier in this process that stops with the test. */
export async function openTold(
  t: TestContext,
  { command = noting, notify = {}, limitMs = 10_000, env = {} }: TellOptions = {},
): Promise<Told> {
  const opened = openProject(t, { config: JSON.stringify({ notify: { command, ...notify } }) })
  const { core, project } = opened
  await core.createSession({ name: 's' })
  await core.createQueue({ session_id: 's', name: 'q' })
  const troubles: string[] = []
  const notifier = await startNotifier({
    ...{ api: core, ledger: core.notifications, project, limitMs },
    env: { PATH: process.env.PATH, ...env },
    onTrouble: sentence => troubles.push(sentence),
  })
  t.after(() => notifier.stop(0))
  return { ...opened, troubles, notifier, told: () => readTold(project.root), ...work(opened) }
}

export function readTold(folder: string): Notice[] {
  const file = path.join(folder, 'said.jsonl')
  if (!fs.existsSync(file)) return []
  return fs
    .readFileSync(file, 'utf8')
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line))
}

function work({ core }: OpenProject): Pick<Told, 'running' | 'failing' | 'succeeding'> {
  const running = async (payload: Record<string, unknown> = { command: 'x' }) => {
    const { task } = await core.createTask({ queue_id: 'q', tool_name: 'run-bash', payload })
    await core.claimTask({ id: 'q' })
    return task.id
  }
  const failing = async (words = 'No luck.') => {
    const id = await running()
    await core.failTask({ id, error_message: words })
    return id
  }
  const succeeding = async () => {
    const id = await running()
    await core.completeTask({ id, result_summary: 'Done.' })
    return id
  }
  return { running, failing, succeeding }
}

export const waitForTold = (at: Pick<Told, 'told'>, number: number): Promise<Notice[]> =>
  waitFor(`${number} notifications are told`, () => at.told().length >= number && at.told())

export async function failures({ core }: Pick<OpenProject, 'core'>): Promise<Event[]> {
  return (await core.listEvents({ event: 'notify.failed' })).events.reverse()
}

/** A folder for the PATH with a `notify-send` in it that writes down its arguments, a line each, and an empty one. */
export function fakeDesktop(folder: string): { PATH: string; DISPLAY: string; shown(): string[][] } {
  const shown = path.join(folder, 'shown.txt')
  writeFiles(folder, {
    'bin/notify-send': `#!/bin/sh\n{ printf '%s\\n' "$@"; echo; } >> '${shown}'\n`,
  })
  return {
    PATH: `${path.join(folder, 'bin')}:${process.env.PATH}`,
    DISPLAY: ':99',
    shown: () =>
      fs.existsSync(shown)
        ? fs
            .readFileSync(shown, 'utf8')
            .split('\n\n')
            .slice(0, -1)
            .map(text => text.split('\n'))
        : [],
  }
}
