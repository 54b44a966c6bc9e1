import fs from 'node:fs'
import path from 'node:path'
import type { OutputStream } from '../contract/attempts.ts'

/**
 * Where an attempt's files lie: `<logs>/tasks/<task id>/<attempt>.<kind>`.
 * `out`, `err` what it wrote · `marks` when which of them grew · `cut` what is left out of them · `status` the recorder's
 * record of pid and exit · `result.json` what the task itself says of its result ·
 * `prompt` what it reads from stdin, where its tool wants it so · of a run that has a driver: `plan.json` what it is to do,
 * `progress.json` how far it has come, `before.json` what the work tree was like, `objects` what only git's snapshots
 * of it need, `report.json` how it went
 */
export type AttemptFiles = {
  folder: string
  stdout: string
  stderr: string
  marks: string
  status: string
  cut: string
  result: string
  prompt: string
  plan: string
  progress: string
  before: string
  objects: string
  report: string
}

export function taskFolder(logs: string, taskId: string): string {
  return path.join(logs, 'tasks', taskId)
}

export const attemptFiles = (logs: string, taskId: string, attempt: number): AttemptFiles =>
  attemptFilesIn(taskFolder(logs, taskId), attempt)

export function attemptFilesIn(folder: string, attempt: number): AttemptFiles {
  const file = (kind: string) => path.join(folder, `${attempt}.${kind}`)
  return {
    folder,
    stdout: file('out'),
    stderr: file('err'),
    marks: file('marks'),
    status: file('status'),
    cut: file('cut'),
    result: file('result.json'),
    prompt: file('prompt'),
    plan: file('plan.json'),
    progress: file('progress.json'),
    before: file('before.json'),
    objects: file('objects'),
    report: file('report.json'),
  }
}

/** Size in bytes; 0 when there is no such file (yet). */
export function sizeOf(file: string): number {
  return fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0
}

export function outputSizes(files: AttemptFiles): Record<OutputStream, number> {
  return { stdout: sizeOf(files.stdout), stderr: sizeOf(files.stderr) }
}

/** The paths of both outputs as the system sees them, whatever links lead there. */
export function realOutputs(files: AttemptFiles): string[] {
  const folder = fs.existsSync(files.folder) ? fs.realpathSync(files.folder) : files.folder
  return [files.stdout, files.stderr].map(file => path.join(folder, path.basename(file)))
}
