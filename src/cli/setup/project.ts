import fs from 'node:fs'
import path from 'node:path'
import { configFileName, type Project, projectFrom } from '../../config.ts'
import { SparkqError, unusable } from '../../contract/errors.ts'
import { renderConfig } from '../setup-config.ts'
import { playbookStep } from './playbook.ts'
import type { Answers } from './questions.ts'
import { readRecord, type SetupRecord } from './record.ts'
import type { Standing } from './standing.ts'
import {
  configStep,
  databaseStep,
  exampleSteps,
  excludeSteps,
  ownIgnores,
  placeSteps,
  type Request,
  recordStep,
  type SetupReport,
  type Site,
  type Step,
} from './steps.ts'

export type SetupPlan = { folder: string; answers: Answers; config: string; steps: Step[] }

/** What is to be made in a folder so that it is a project; what is there stays. Nothing is written yet. */
export function planSetup(folder: string, standing: Standing, request: Request): SetupPlan {
  const configFile = path.join(folder, configFileName)
  const config = renderConfig(request.answers)
  const project = standing.project ?? projectFrom(configFile, config)
  // What its file says goes before what was proposed.
  const answers = { ...request.answers, script_dirs: project.config.script_dirs }
  const steps = [
    configStep(folder, answers, config),
    ...placeSteps(folder, project),
    ...excludeSteps(folder, project),
    playbookStep(folder),
    databaseStep(folder, project, standing, request),
    ...(answers.examples ? exampleSteps(folder, answers) : []),
    recordStep(folder),
  ]
  return { folder, answers, config, steps }
}

/**
 * Makes what is planned.
 * @throws unusable where the folder cannot be written; nothing is left behind then
 */
export async function carryOutSetup({ folder, steps }: SetupPlan): Promise<SetupReport> {
  const record = readRecord(folder) ?? firstRecord(folder)
  const site: Site = { folder, report: { made: [], kept: [] }, undo: [], record }
  try {
    for (const { what, isThere, make } of steps) {
      if (what !== undefined) (isThere ? site.report.kept : site.report.made).push(what)
      await make(site)
    }
    return site.report
  } catch (error) {
    for (const step of site.undo.reverse()) step()
    throw explain(error, folder)
  }
}

/** Of a project that was set up before there were records, the folders are known. */
function firstRecord(folder: string): SetupRecord {
  const ignores = path.join(folder, 'sparkq/.gitignore')
  const isOurs = fs.existsSync(ignores) && fs.readFileSync(ignores, 'utf8') === ownIgnores
  return { files: {}, folders: isOurs ? ['sparkq', 'sparkq/data'] : [], exclude: null }
}

/** Folders, token and what git is told of a project whose config and database are there. What is there stays. */
export async function makePlaces(folder: string, project: Project): Promise<void> {
  const record = readRecord(folder) ?? firstRecord(folder)
  const site: Site = { folder, report: { made: [], kept: [] }, undo: [], record }
  const steps = [...placeSteps(folder, project), ...excludeSteps(folder, project), recordStep(folder)]
  for (const { make } of steps) await make(site)
}

/** The words of the list that is shown before: what will be made, and what is in it. */
export const listSetup = ({ steps }: SetupPlan): { what: string; about: string }[] =>
  steps.flatMap(({ what, about, isThere, adds = isThere ? undefined : what }) =>
    adds === undefined ? [] : [{ what: adds, about }],
  )

function explain(error: unknown, folder: string): unknown {
  const { code, path: file } = error as NodeJS.ErrnoException
  if (error instanceof SparkqError || code === undefined) return error
  return unusable(
    `${file ?? folder} cannot be made (${code}).`,
    `ls -ld ${path.dirname(file ?? folder)}`,
    error,
  )
}
