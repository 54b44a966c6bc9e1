import fs from 'node:fs'
import path from 'node:path'
import { findProject, type Project } from '../../config.ts'
import { unusable } from '../../contract/errors.ts'
import { findServer } from '../../server/lock.ts'
import { serverLockPath } from '../../server/places.ts'
import type { Service } from '../../server/service/manager.ts'
import { confirm } from '../ask.ts'
import { defineCommand } from '../command.ts'
import { type Hint, sayNext } from '../hints.ts'
import { yesOption } from '../options.ts'
import { requireService } from '../service.ts'
import type { Terminal } from '../terminal.ts'
import { indent, oneLine } from '../text.ts'

export const command = defineCommand({
  summary: 'Start the server, with runners for all lanes, at each login.',
  options: {
    print: { type: 'flag', describe: 'print what would be written, and write nothing' },
    'no-start': { type: 'flag', describe: 'do not start it now, but from the next login on' },
    yes: yesOption,
  },
  notes: `Writes a user unit of systemd (Linux) or an agent of launchd (macOS) that does "sparkq run --all" for this project, with the
PATH of this shell, which tasks need. It is started again when it fails. Tasks outlive it. Nothing needs root; done twice,
it changes nothing. "sparkq teardown" removes it, too.`,
  examples: ['sparkq service install', 'sparkq service install --print', 'sparkq service install --yes'],
  local: true,
  run: async ({ options, terminal, cwd, env }) => {
    const project = findProject(cwd, env)
    const service = requireService(project, env)
    if (options.print) {
      terminal.out.data(service.text.trimEnd())
      return 0
    }
    const before = read(service.file)
    const isNew = before !== service.text
    if (isNew && !(await agree(terminal, service, before !== undefined, options.yes))) return 1
    if (isNew) write(service)
    terminal.out.line(
      `${isNew ? 'Installed' : 'Installed already:'} ${service.name} · ${oneLine(service.file)}`,
    )
    const isUpdate = isNew && before !== undefined
    activate(terminal, project, service, { now: !options['no-start'], isUpdate })
    return 0
  },
})

/** Shows what will be written where, and asks. */
async function agree(
  terminal: Terminal,
  { file, text }: Service,
  isThere: boolean,
  yes: boolean,
): Promise<boolean> {
  if (yes) return true
  const { err } = terminal
  err.line(isThere ? `This will replace ${oneLine(file)}:` : `This will be written to ${oneLine(file)}:`)
  err.line(indent(text.trimEnd(), 2))
  return confirm(terminal, 'It starts the server, with runners for all lanes, at each login.', '--yes')
}

function activate(
  { out, err }: Terminal,
  project: Project,
  service: Service,
  { now, isUpdate }: { now: boolean; isUpdate: boolean },
): void {
  const other = findServer(serverLockPath(project))
  const isOwn = service.state()?.active ?? false
  // It would end at once: there is one server per project.
  const starts = now && (isOwn || !other)
  const silent = service.enable(starts)
  const next: Hint[] = []
  if (silent !== undefined) {
    out.line(`Nobody answers who could start it (${oneLine(silent)}). Later type:`)
    for (const line of service.later) next.push([line, ''])
  } else if (now && !starts) {
    out.line(
      `A server (process ${other?.process.pid}) runs already: the service begins at the next login, or now with:`,
    )
    next.push(['sparkq stop', ''], [service.restart, ''])
  } else if (isOwn && isUpdate) {
    out.line('It runs as it was installed before.')
    next.push([service.restart, 'take over what has changed'])
  } else out.line(starts ? 'It runs, and is started at each login.' : 'It is started at each login.')
  next.push(['sparkq service status', 'how it is'])
  if (service.linger) next.push([service.linger, 'let it run while nobody is logged in'])
  if (isPassing(service))
    err.line('It was installed by npx, which may clear this away: npm install -g sparkq keeps it.')
  sayNext(err, next)
}

const isPassing = ({ text }: Service): boolean => text.includes(`${path.sep}_npx${path.sep}`)

function read(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function write({ file, text }: Service): void {
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true })
    fs.writeFileSync(file, text, { mode: 0o600 })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw unusable(`${file} cannot be written (${code}).`, `ls -ld ${path.dirname(file)}`, error)
  }
}
