import fs from 'node:fs'
import path from 'node:path'
import { parseDocument } from 'yaml'
import { type Config, ConfigFile, defaultConfig } from './contract/config.ts'
import { invalid, notFound, unusable } from './contract/errors.ts'
import { didYouMean, nearest } from './contract/nearest.ts'
import type { ConfigProblem } from './contract/settings.ts'
import { toolRefusal } from './contract/tools.ts'
import { findErrors } from './contract/validate.ts'
import { readYaml } from './yaml-text.ts'

export const configFileName = 'sparkq.yml'

/** A project as its `sparkq.yml` describes it; every path absolute. */
export type Project = {
  configFile: string
  /** The text the configuration was read from: whether it changed is a matter of comparing. */
  configText: string
  /** What the file itself says. */
  file: ConfigFile
  /** What counts. From the file alone until the database was opened, whose overrides then are in it, too. */
  config: Config
  /** What paths in payloads are relative to (`project.repo_path`). */
  root: string
  database: string
  logs: string
}

/**
 * Finds and reads the project that `cwd` lies in: `SPARKQ_CONFIG` names its file, else the folders upward are searched.
 * @throws not_found when there is none, invalid when the file has a mistake
 */
export function findProject(cwd: string, env: NodeJS.ProcessEnv): Project {
  return readProject(findConfigFile(cwd, env))
}

export function findConfigFile(cwd: string, env: NodeJS.ProcessEnv): string {
  if (env.SPARKQ_CONFIG) {
    const file = path.resolve(cwd, env.SPARKQ_CONFIG)
    if (fs.existsSync(file)) return file
    throw notFound(`SPARKQ_CONFIG names ${file}, which does not exist.`, 'unset SPARKQ_CONFIG')
  }
  for (let folder = path.resolve(cwd); ; folder = path.dirname(folder)) {
    const file = path.join(folder, configFileName)
    if (fs.existsSync(file)) return file
    if (folder === path.dirname(folder)) break
  }
  // A task may work in a folder that is in no project: it then speaks of the one that started it.
  if (env.SPARKQ_PROJECT_CONFIG && fs.existsSync(env.SPARKQ_PROJECT_CONFIG)) return env.SPARKQ_PROJECT_CONFIG
  throw notFound(
    `No ${configFileName} here or in a folder above: this is not a SparkQ project yet.`,
    'sparkq setup --yes',
  )
}

export function readProject(configFile: string): Project {
  return projectFrom(configFile, readText(configFile))
}

/** The project as it is once `configText` stands in its file. */
export function projectFrom(configFile: string, configText: string): Project {
  const file = parseConfig(configText, configFile)
  const config = withDefaults(file, configFile)
  const at = (relative: string) => path.resolve(path.dirname(configFile), relative)
  return {
    configFile,
    configText,
    file,
    config,
    root: at(config.project.repo_path),
    database: at(config.database.path),
    logs: at('sparkq/logs'),
  }
}

/** Where a project's files lie outside the usual places. */
export type Places = { database?: string; lock_dir?: string }

/** What a `sparkq.yml` with mistakes still says of its places; undefined when it cannot be read at all. */
export function readPlaces(configFile: string): Places | undefined {
  try {
    const document = parseDocument(readText(configFile))
    if (document.errors.length > 0) return undefined
    const database = document.getIn(['database', 'path'])
    const lock_dir = document.getIn(['queue_runner', 'lock_dir'])
    return {
      ...(isPath(database) ? { database } : {}),
      ...(isPath(lock_dir) ? { lock_dir } : {}),
    }
  } catch {
    return undefined
  }
}

/** Parses and checks the text of a `sparkq.yml`. @throws invalid with file, line and column of the first mistake */
export function parseConfig(text: string, file: string): ConfigFile {
  const { value, problems } = checkConfig(text)
  if (!problems[0]) return value
  throw invalid(problemText(problems[0], file), { hint: `edit ${file}` })
}

/** `sparkq.yml:3:5: server.port must be …` */
export const problemText = ({ line, column, message }: ConfigProblem, file: string): string =>
  `${path.basename(file)}:${line}:${column}: ${message}`

/** What a text says, and all that is wrong with it in the order of its lines; the value counts where nothing is. */
export function checkConfig(text: string): { value: ConfigFile; problems: ConfigProblem[] } {
  const { problem, value: read, at } = readYaml(text)
  if (problem) {
    const { place, sentence } = problem
    return { value: {}, problems: [{ ...place, name: null, message: sentence, meant: null }] }
  }
  const value = withoutEmptySections(read ?? {})
  const wrong = findErrors(ConfigFile, value).map(error => {
    const steps = error.pointer.split('/').slice(1).map(unescapePointer)
    return { steps, ...explain(steps, error.detail) }
  })
  const problems = (wrong.length > 0 ? wrong : checkTools(value)).map(({ steps, message, meant }) => ({
    ...at(steps),
    name: steps.join('.') || null,
    message,
    meant,
  }))
  return { value, problems: problems.sort((a, b) => a.line - b.line || a.column - b.column) }
}

/** A section all of whose settings are commented out says nothing. */
function withoutEmptySections(value: unknown): ConfigFile {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value as ConfigFile
  const isEmpty = (key: string, section: unknown) => section === null && key in ConfigFile.properties
  return Object.fromEntries(Object.entries(value).filter(([key, section]) => !isEmpty(key, section)))
}

type Wrong = { message: string; meant: string | null }

function explain(steps: string[], detail: string): Wrong {
  const name = steps.join('.')
  if (detail !== 'is not a known field') return { message: `${name || 'the file'} ${detail}.`, meant: null }
  return sayNearest(`there is no setting "${name}".`, steps.at(-1) as string, knownKeys(steps.slice(0, -1)))
}

function sayNearest(sentence: string, word: string, known: string[]): Wrong {
  return { message: sentence + didYouMean(word, known), meant: nearest(word, known) ?? null }
}

/** The keys that the schema knows in the section at `steps`. */
function knownKeys(steps: string[]): string[] {
  let schema: { properties?: Record<string, never>; patternProperties?: Record<string, never> } =
    ConfigFile as never
  for (const step of steps) {
    schema = schema.properties?.[step] ?? Object.values(schema.patternProperties ?? {})[0] ?? ({} as never)
  }
  return Object.keys(schema.properties ?? {})
}

/** What the schema cannot know: a tool's class must be one of the classes, and what runs scripts has no command. */
function checkTools(value: ConfigFile): ({ steps: string[] } & Wrong)[] {
  const classes = Object.keys(value.task_classes ?? defaultConfig.task_classes)
  return Object.entries(value.tools ?? defaultConfig.tools).flatMap(([name, tool]) => {
    const wrong: ({ steps: string[] } & Wrong)[] = []
    const refusal = toolRefusal({ name, ...withAgent(name, tool) })
    if (refusal) wrong.push({ steps: ['tools', name, refusal.key], message: `${refusal.says}.`, meant: null })
    if (classes.includes(tool.task_class)) return wrong
    const problem = `there is no task class "${tool.task_class}"`
    const steps = ['tools', name, 'task_class']
    if (value.tools)
      wrong.push({ steps, ...sayNearest(`${steps.join('.')}: ${problem}.`, tool.task_class, classes) })
    else
      wrong.push({
        steps: ['task_classes'],
        message: `${problem}, which the tool ${name} needs.`,
        meant: null,
      })
    return wrong
  })
}

type Tools = Config['tools']

/** The tools of the FRD are agents also in a file that does not say so. */
const withAgents = (tools: Tools): Tools =>
  Object.fromEntries(Object.entries(tools).map(([name, tool]) => [name, withAgent(name, tool)]))

function withAgent(name: string, tool: Tools[string]): Tools[string] {
  const known = defaultConfig.tools[name]
  if (!known?.agent || tool.agent || tool.command) return tool
  const { agent, model } = known
  return { agent, ...(model === undefined ? {} : { model }), ...tool }
}

/** The defaults, and over them what a file says. */
export function withDefaults(file: ConfigFile, configFile: string): Config {
  const folder = path.basename(path.dirname(configFile))
  const project = { ...defaultConfig.project, name: folder }
  return {
    project: { ...project, ...file.project },
    server: { ...defaultConfig.server, ...file.server },
    database: { ...defaultConfig.database, ...file.database },
    purge: { ...defaultConfig.purge, ...file.purge },
    queue_runner: { ...defaultConfig.queue_runner, ...file.queue_runner },
    limits: { ...defaultConfig.limits, ...file.limits },
    notify: { ...defaultConfig.notify, ...file.notify },
    review: { ...defaultConfig.review, ...file.review },
    task_classes: file.task_classes ?? defaultConfig.task_classes,
    tools: file.tools ? withAgents(file.tools) : defaultConfig.tools,
    script_dirs: file.script_dirs ?? defaultConfig.script_dirs,
  }
}

function readText(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch (error) {
    throw unusable(
      `${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`,
      `ls -l ${file}`,
      error,
    )
  }
}

const isPath = (value: unknown): value is string => typeof value === 'string' && value !== ''
const unescapePointer = (step: string) => step.replaceAll('~1', '/').replaceAll('~0', '~')
