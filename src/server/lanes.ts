import path from 'node:path'
import type { Project } from '../config.ts'
import type { Lanes } from '../contract/supervision.ts'
import type { Core } from '../core/core.ts'
import { type Log, logFilePath } from '../log.ts'
import { chooseAsToldToServer } from '../supervisor/choose.ts'
import { howItEnded, type SupervisorReport } from '../supervisor/report.ts'
import { createStartRunner } from '../supervisor/runner-process.ts'
import { type Supervisor, startSupervisor } from '../supervisor/supervisor.ts'

/**
 * What a server needs to keep runners.
 *
 * @property script the program that this process runs, which is the runners' too
 * @property report hears what the log is told, and all that the runners tell
 */
export type Keeping = { lanes: Lanes; script: string; env: NodeJS.ProcessEnv; report?: SupervisorReport }

/** Has the server keep runners: on what it is told now, and on what it is told later. */
export function keepRunners(core: Core, project: Project, log: Log, keeping: Keeping): Supervisor {
  const { configFile, logs } = project
  core.beginSupervision(keeping.lanes)
  const note = noteIn(log)
  return startSupervisor({
    api: core,
    choose: chooseAsToldToServer(core),
    startRunner: createStartRunner({
      script: keeping.script,
      cwd: path.dirname(configFile),
      env: { ...keeping.env, SPARKQ_CONFIG: configFile },
      log: logFilePath(logs),
    }),
    report: event => {
      note(event)
      keeping.report?.(event)
    },
  })
}

function noteIn(log: Log): SupervisorReport {
  return event => {
    if (event.type === 'warning')
      return log({ type: 'failed', where: 'keeping runners', error: event.message })
    const lane = event.lane.name
    switch (event.type) {
      case 'runner': {
        if (event.event.type === 'warning')
          log({ type: 'runner_warning', lane, message: event.event.message })
        return
      }
      case 'runner_died': {
        const { pid, end, deaths, restart_at } = event
        return log({ type: 'runner_died', lane, pid, how: howItEnded(end), deaths, restart_at })
      }
      default:
        return log({ ...event, lane })
    }
  }
}
