import fs from 'node:fs'
import path from 'node:path'
import { isBackup } from '../../backup/format.ts'
import { makeBackup } from '../../backup/make.ts'
import { findProject } from '../../config.ts'
import { version } from '../../version.ts'
import { backupName, tasksText } from '../backup-text.ts'
import { defineCommand } from '../command.ts'
import { sayNext } from '../hints.ts'
import { jsonOption } from '../options.ts'
import { createStatusLine } from '../status-line.ts'
import { printJson } from '../terminal.ts'
import { count, shellWord, sizeText } from '../text.ts'

export const command = defineCommand({
  summary: 'Copy the project’s data to a folder, while everything runs.',
  args: {
    folder: {
      value: 'FOLDER',
      kind: 'folder',
      optional: true,
      describe: 'the folder to make, or one to make it in; default: sparkq-backup-PROJECT-TIME, here',
    },
  },
  options: {
    'no-output': { type: 'flag', describe: 'leave out what the tasks have written' },
    force: { type: 'flag', describe: 'replace a backup of that name' },
    json: jsonOption,
  },
  notes: `In it are the database, sparkq.yml and the output of all tasks in it: of what is finished all, of what runs as much as
there is. "sha256sum -c SHA256SUMS" checks it by hand; "sparkq restore" puts it back. The token of other machines is not
in it. It is the user's alone, and git does not see it.`,
  examples: ['sparkq backup', 'sparkq backup /mnt/usb', 'sparkq backup before-upgrade --no-output'],
  local: true,
  run: async ({ args, options, terminal, cwd, env }) => {
    const { out, err } = terminal
    const project = findProject(cwd, env)
    const to = target(args.folder, cwd, project.config.project.name)
    const progress = createStatusLine(err)
    const manifest = await makeBackup({
      ...{ project, to, version, output: !options['no-output'], force: options.force },
      onProgress: (what, done, of) =>
        progress.show(`${what} ${done} of ${of} ${what === 'copying' ? 'tasks' : 'files'}`),
    }).finally(progress.clear)
    if (options.json) return printJson(out, { backup: { path: to, ...manifest } })
    const output = manifest.output ? '' : ', without output'
    out.line(
      `Backed up ${tasksText(manifest.tasks)}${output} · ${count(manifest.files, 'file')}, ${sizeText(manifest.bytes)}`,
    )
    sayNext(err, [[`sparkq restore ${shellWord(path.relative(cwd, to) || '.')}`, 'bring it back']])
  },
})

/** A folder that is there, and no backup itself, is one to put it in. */
function target(typed: string | undefined, cwd: string, project: string): string {
  const name = backupName('backup', project, new Date())
  if (typed === undefined) return path.join(cwd, name)
  const folder = path.resolve(cwd, typed)
  const isPlace = fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory() && !isBackup(folder)
  return isPlace ? path.join(folder, name) : folder
}
