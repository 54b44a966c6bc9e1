import fs from 'node:fs'
import path from 'node:path'
import { carryOutRestore, planRestore, type Restored, type RestorePlan } from '../../backup/restore.ts'
import { configFileName } from '../../config.ts'
import { version } from '../../version.ts'
import { confirm } from '../ask.ts'
import { backupName, tasksText } from '../backup-text.ts'
import { defineCommand } from '../command.ts'
import { type Hint, sayNext } from '../hints.ts'
import { yesOption } from '../options.ts'
import { makePlaces } from '../setup/project.ts'
import { createStatusLine } from '../status-line.ts'
import type { Terminal } from '../terminal.ts'
import { oneLine, padEnd, shellWord, sizeText } from '../text.ts'
import { clock } from '../times.ts'

export const command = defineCommand({
  summary: 'Put a backup in the place of this folder’s data.',
  args: { from: { value: 'FOLDER', kind: 'folder', describe: 'what "sparkq backup" has made' } },
  options: {
    'keep-config': { type: 'flag', describe: `leave ${configFileName} as it is` },
    yes: yesOption,
  },
  notes: `Works on this folder alone, be it a project, a damaged one or none. The whole backup is checked first. What is here now is
moved to sparkq-before-restore-TIME, and can be restored from there. Refused while a server, a runner or a task runs.
What ran when the backup was made has lost its process: it ends as it would for any runner that comes back (on_lost).`,
  examples: [
    'sparkq restore sparkq-backup-my-project-20260301-120000',
    'sparkq restore /mnt/usb/backup --keep-config',
  ],
  local: true,
  run: async ({ args, options, terminal, cwd }) => {
    const { out, err } = terminal
    const progress = createStatusLine(err)
    const from = path.resolve(cwd, args.from)
    const aside = path.join(cwd, backupName('before-restore', '', new Date()))
    const plan = await planRestore(
      { folder: cwd, from, keepConfig: options['keep-config'], aside },
      (done, of) => progress.show(`checking ${done} of ${of} files`),
    ).finally(progress.clear)
    show(terminal, plan, cwd)
    if (!options.yes && !(await confirm(terminal, 'The backup takes the place of what is here.', '--yes')))
      return 1
    const restored = await carryOutRestore(plan, {
      ...{ version, actor: 'cli' },
      onProgress: (done, of) => progress.show(`copying ${done} of ${of} files`),
    }).finally(progress.clear)
    await makePlaces(cwd, plan.project)
    out.line(`Restored ${tasksText(plan.manifest.tasks)} into ${cwd}`)
    sayWhatBecame(terminal, restored)
    sayNext(err, nextSteps(restored, cwd))
    return 0
  },
})

function show(
  { err }: Terminal,
  { manifest, present, keepConfig, aside, project }: RestorePlan,
  cwd: string,
): void {
  const row = (label: string, text: string) => err.line(`  ${padEnd(label, 8)}${text}`)
  const size = `${sizeText(manifest.bytes)}${manifest.output ? '' : ', without output'}`
  row(
    'backup',
    `${oneLine(manifest.project)}, ${clock(manifest.created_at)} · ${tasksText(manifest.tasks)} · ${size}`,
  )
  const here = { none: 'no database', sound: '', unreadable: 'a database that is damaged' }[present.database]
  row('here', here || tasksText(present.tasks ?? { queued: 0, running: 0, succeeded: 0, failed: 0 }))
  if (aside !== null) row('', `moved to ${path.relative(cwd, aside)}`)
  if (keepConfig) row('config', `${configFileName} stays as it is`)
  else if (fs.existsSync(project.configFile)) row('config', 'the backup’s')
  if (!manifest.output) row('output', 'stays as it is')
}

function sayWhatBecame({ err }: Terminal, { tasks }: Restored): void {
  for (const task of tasks) {
    const became = task.status === 'queued' ? 'is queued again' : task.status
    const why = task.error_message ? `: ${oneLine(task.error_message)}` : '.'
    err.line(`${task.friendly_id} ran when the backup was made, and ${became}${why}`)
  }
}

function nextSteps({ aside, asideIsBackup, tasks }: Restored, cwd: string): Hint[] {
  const next: Hint[] = [['sparkq status', 'see how it is']]
  if (tasks.length > 0) next.push(['sparkq queue list', 'see whether lanes are paused'])
  if (aside !== null && asideIsBackup)
    next.push([`sparkq restore ${shellWord(path.relative(cwd, aside))}`, 'take it back'])
  return next
}
