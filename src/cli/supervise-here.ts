import fs from 'node:fs'
import path from 'node:path'
import { isStoppedIn } from '../contract/supervision.ts'
import { logFilePath } from '../log.ts'
import { persistentApi } from '../runner/persistent.ts'
import { chooseLanes } from '../supervisor/choose.ts'
import { createStartRunner } from '../supervisor/runner-process.ts'
import { startSupervisor } from '../supervisor/supervisor.ts'
import type { Context } from './command.ts'
import { activeSession } from './lane-options.ts'
import { listQueues } from './lanes.ts'
import { createLanesView } from './lanes-view.ts'
import { tellPerson } from './tell-person.ts'

/** How long it stays for what is being told; a second Ctrl-C does not wait. */
const tellPatienceMs = 1000

/** Keeps runners on all lanes, or on those of sessions, in this terminal until `signal` aborts. */
export async function superviseHere(
  { connect, terminal, env, cwd, options }: Pick<Context, 'connect' | 'terminal' | 'env' | 'cwd' | 'options'>,
  sessions: readonly string[] | 'all',
  signal: AbortSignal,
): Promise<void> {
  const connection = await connect()
  const { api, project, remote } = connection
  const ids = sessions === 'all' ? sessions : await Promise.all(sessions.map(ref => activeSession(api, ref)))
  await workStopped()
  const report = createLanesView(terminal)
  fs.mkdirSync(project.logs, { recursive: true, mode: 0o700 })
  const onTrouble = (message: string): void => report({ type: 'warning', message })
  const notifier = await tellPerson(connection, env, onTrouble)
  const supervisor = startSupervisor({
    api: remote ? persistentApi(api, onTrouble, signal) : api,
    choose: chooseLanes(ids),
    startRunner: createStartRunner({
      script: process.argv[1] as string,
      cwd: remote ? cwd : path.dirname(project.configFile),
      env: { ...env, ...(remote ? urlOf() : { SPARKQ_CONFIG: project.configFile }) },
      log: logFilePath(project.logs),
    }),
    report,
  })
  await new Promise<void>(resolve => {
    if (signal.aborted) return resolve()
    signal.addEventListener('abort', () => resolve())
  })
  await supervisor.stop()
  await notifier?.stop(tellPatienceMs)

  async function workStopped(): Promise<void> {
    for (const queue of await listQueues(api))
      if (isStoppedIn(queue, ids)) await api.setRunnerWanted({ id: queue.id, wanted: null })
  }

  function urlOf(): NodeJS.ProcessEnv {
    const { url } = options as { url?: string }
    return url === undefined ? {} : { SPARKQ_URL: url }
  }
}
