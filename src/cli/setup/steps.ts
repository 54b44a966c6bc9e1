import fs from 'node:fs'
import path from 'node:path'
import { configFileName, type Project } from '../../config.ts'
import { openCore } from '../../connect.ts'
import type { AgentName } from '../../contract/agents.ts'
import type { Api } from '../../contract/api.ts'
import { serverLockPattern, tokenPath } from '../../server/places.ts'
import { tokenOf } from '../../server/token.ts'
import { databasePattern, excludeFromGit, findExclude } from '../git-exclude.ts'
import { findQueueIfAny, ifAny, listQueues } from '../lanes.ts'
import { count } from '../text.ts'
import { exampleScripts } from './examples.ts'
import { firstAgent } from './look-around.ts'
import type { Answers } from './questions.ts'
import { digest, readRecord, recordFile, type SetupRecord, writeRecord } from './record.ts'
import { lacksLane, type Standing } from './standing.ts'

/** `agents`: which are on the PATH. `queue_asked`: somebody named the queue, which is then made beside others. */
export type Request = { answers: Answers; agents: readonly AgentName[]; queue_asked: boolean }

/** What setup did, and what it found and left alone, as words for a list. */
export type SetupReport = { made: string[]; kept: string[] }

/**
 * Something that setup makes, unless it is there.
 *
 * @property what   its name; nothing is said of it without
 * @property about  what will be in it
 * @property adds   what it makes though it is there
 */
export type Step = {
  what?: string | undefined
  about: string
  isThere: boolean
  adds?: string | undefined
  make(site: Site): void | Promise<void>
}
/** Where steps are carried out: what was made, how to take it back, and what teardown is told. */
export type Site = { folder: string; report: SetupReport; undo: (() => void)[]; record: SetupRecord }

export function configStep(folder: string, answers: Answers, config: string): Step {
  const { name, port, script_dirs } = answers
  const about = `${lines(config)}: ${name}, port ${port}, scripts in ${script_dirs.join(', ')}`
  return fileStep(folder, configFileName, config, about)
}

const lines = (text: string): string => count(text.split('\n').length - 1, 'line')

/** Data and logs are the user's alone, and no business of git's. */
export function placeSteps(folder: string, project: Project): Step[] {
  const own = path.join(folder, 'sparkq')
  const token = tokenPath(project)
  return [
    folderStep(own, 0o755),
    ...[path.join(own, 'data'), project.logs].map(it => folderStep(it, 0o700, closeFolder)),
    // A folder that was there before is somebody else's: who may look into it is not for us to say.
    folderStep(path.dirname(project.database), 0o700),
    fileStep(folder, path.join('sparkq', '.gitignore'), ownIgnores, 'keeps data and logs out of git'),
    {
      what: path.relative(folder, token),
      about: 'lets other machines in; readable by you alone',
      isThere: fs.existsSync(token),
      make: ({ undo }) => {
        if (!fs.existsSync(token)) undo.push(() => fs.rmSync(token, { force: true }))
        tokenOf(project)
      },
    },
  ]
}

export const ownIgnores = 'data/\nlogs/\n'

export function excludeSteps(folder: string, project: Project): Step[] {
  return [serverLockPattern, databasePattern(folder, project.database)].flatMap(pattern => {
    const exclude = pattern === undefined ? undefined : findExclude(folder, pattern)
    if (pattern === undefined || !exclude || exclude.isIn) return []
    return {
      what: `${pattern} in .git/info/exclude`,
      about: 'keeps it out of git, in this clone alone',
      isThere: false,
      make: ({ undo, record }) => {
        if (!fs.existsSync(exclude.file))
          record.exclude = fs.existsSync(path.dirname(exclude.file)) ? 'file' : 'folder'
        const include = excludeFromGit(folder, pattern)
        if (include) undo.push(include)
      },
    }
  })
}

export function databaseStep(folder: string, project: Project, standing: Standing, request: Request): Step {
  const { database } = project
  const { session, queue } = request.answers
  const isNew = !standing.has_database
  const lane = `session "${session}" and queue "${queue}"`
  return {
    what: path.relative(folder, database),
    about: isNew ? `the database, with ${lane}` : 'in the database that is there',
    isThere: !isNew,
    adds: !isNew && lacksLane(standing, request.queue_asked ? queue : undefined) ? lane : undefined,
    make: async site => {
      // A file with mistakes says nothing for sure about the tools: a database that is there keeps its own.
      if (standing.mistake !== undefined && !isNew) return
      if (isNew) site.undo.push(() => removeDatabase(database))
      const core = openCore(project, 'cli')
      try {
        await makeLane(site, core, request)
      } finally {
        core.close()
      }
    },
  }
}

function removeDatabase(database: string): void {
  for (const end of ['', '-wal', '-shm']) fs.rmSync(database + end, { force: true })
}

/** A session and a queue, so that a first task has somewhere to go. Whoever has queues already needs no other. */
async function makeLane({ report }: Site, api: Api, request: Request): Promise<void> {
  const { session, queue } = request.answers
  const queues = await listQueues(api, { archived: true })
  if (queues.length > 0) report.kept.push(`${count(queues.length, 'queue')} in the database`)
  if (await findQueueIfAny(api, queue)) return
  if (queues.length > 0 && !request.queue_asked) return
  const found = await ifAny(api.getSession({ id: session }))
  if (found?.session.status === 'ended') {
    report.kept.push(`the session "${session}", which is ended`)
    return
  }
  const { session: owner } = found ?? (await api.createSession({ name: session }))
  if (!found) report.made.push(`session "${session}"`)
  const default_tool = await agentTool(api, request.agents, report)
  await api.createQueue({
    session_id: owner.id,
    name: queue,
    ...(default_tool === undefined ? {} : { settings: { default_tool } }),
  })
  report.made.push(`queue "${queue}"`)
}

/** So that `sparkq add "…"` needs no tool: that of an agent that is there, before others. Gemini has none until then. */
async function agentTool(
  api: Api,
  agents: readonly AgentName[],
  report: SetupReport,
): Promise<string | undefined> {
  const { tools } = await api.listTools()
  const prompted = tools.filter(tool => tool.kind === 'prompt')
  const agent = firstAgent(agents) ?? 'claude'
  const usual = prompted.find(tool => tool.name === 'llm-sonnet' && tool.agent === agent)
  const found = usual ?? prompted.find(tool => tool.agent === agent)
  if (found) return found.name
  if (agent !== 'gemini') return prompted[0]?.name
  const { task_classes } = await api.listTaskClasses()
  const task_class = task_classes.find(it => it.name === 'LLM_HEAVY') ?? task_classes[0]
  if (!task_class) return prompted[0]?.name
  const { tool } = await api.createTool({
    name: 'llm-gemini',
    description: 'Gemini',
    task_class: task_class.name,
    agent,
  })
  report.made.push(`tool "${tool.name}"`)
  return tool.name
}

export function exampleSteps(folder: string, { script_dirs }: Answers): Step[] {
  return exampleScripts(folder, script_dirs).flatMap(({ file, text }) => {
    const step = fileStep(folder, file, text, `${lines(text)}, to try and to read`, 0o755)
    return [folderStep(path.dirname(path.join(folder, file)), 0o755), recorded(step, file, text)]
  })
}

function recorded(step: Step, file: string, text: string): Step {
  return {
    ...step,
    make: site => {
      if (!step.isThere) site.record.files[file] = digest(text)
      return step.make(site)
    },
  }
}

export function recordStep(folder: string): Step {
  const file = path.join(folder, recordFile)
  const isThere = fs.existsSync(file)
  return {
    what: isThere ? undefined : recordFile,
    about: 'what setup made, for teardown to take back',
    isThere,
    make: site => {
      if (JSON.stringify(readRecord(folder)) === JSON.stringify(site.record)) return
      if (!isThere) site.undo.push(() => fs.rmSync(file, { force: true }))
      writeRecord(folder, site.record)
    },
  }
}

function fileStep(folder: string, relative: string, text: string, about: string, mode = 0o644): Step {
  const file = path.join(folder, relative)
  const isThere = fs.existsSync(file)
  return {
    what: relative,
    about,
    isThere,
    make: ({ undo }) => {
      if (isThere) return
      fs.writeFileSync(file, text, { flag: 'wx', mode })
      undo.push(() => fs.rmSync(file, { force: true }))
    },
  }
}

function folderStep(folder: string, mode: number, then = (_folder: string): void => {}): Step {
  return {
    about: '',
    isThere: fs.existsSync(folder),
    make: site => {
      makeFolder(site, folder, mode)
      then(folder)
    },
  }
}

/** Makes a folder, and the ones above it; one that is there stays as it is. */
function makeFolder(site: Site, folder: string, mode: number): void {
  // Not with `recursive`: for a folder that can never be (below /proc), Node 26 then tries for ever.
  if (fs.existsSync(folder)) return
  makeFolder(site, path.dirname(folder), 0o755)
  fs.mkdirSync(folder, { mode })
  site.undo.push(() => fs.rmSync(folder, { recursive: true, force: true }))
  site.record.folders.push(path.relative(site.folder, folder))
}

function closeFolder(folder: string): void {
  const isOpen = (fs.statSync(folder).mode & 0o077) !== 0
  if (isOpen) fs.chmodSync(folder, 0o700)
}
