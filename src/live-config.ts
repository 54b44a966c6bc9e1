import { checkConfig, type Project, parseConfig, readProject, withDefaults } from './config.ts'
import { describeChanges } from './config-changes.ts'
import type { Config } from './contract/config.ts'
import { SparkqError } from './contract/errors.ts'
import { type Ignored, type Override, withOverrides } from './contract/settings.ts'
import { timestamp } from './contract/time.ts'
import { noAgent } from './contract/tools.ts'
import { keepInRows, renewConfig } from './core/config.ts'
import type { Configuration } from './core/context.ts'
import { openStore, openStoreToLook, type Store } from './store/store.ts'

/**
 * The configuration that counts: the defaults, over them the file that was last taken over, over that the overrides.
 * `project.config` is changed in place, as all that works with it holds on to that object. All processes on a database go
 * by the same one: who changes it writes a new word to `meta.config_version`, which the others see before they do the next
 * thing. They read it from the database, not from the file, so a file with a mistake in it reaches nobody.
 *
 * @param onChange hears what is different, when something is
 */
export function createConfiguration(
  store: Store,
  project: Project,
  actor: string,
  onChange: (changes: string[]) => void = () => {},
): Configuration {
  let version: string | undefined | null = null
  // What could not be brought in step (a full disk) is nothing to go back to.
  let seen = store.meta.get('config_text')

  const takeOver = (): void => {
    const text = store.meta.get('config_text')
    if (text === seen || text === undefined) return
    seen = text
    if (text !== project.configText) adopt(project, text)
  }
  const refresh = (): void => {
    const now = store.meta.get('config_version')
    if (now === version) return
    const isFirst = version === null
    version = now
    const before = { ...project.config }
    takeOver()
    Object.assign(project.config, withOverrides(fileOver(project), store.config.list()).config)
    const changes = isFirst ? [] : describeChanges(before, project.config)
    if (changes.length > 0) onChange(changes)
  }
  return {
    refresh,
    reload: () => {
      const fresh = readProject(project.configFile)
      refresh()
      const changes = describeChanges(fileOver(project), fresh.config, hiders(store))
      loadConfig(store, fresh, actor)
      adopt(project, fresh.configText)
      version = ''
      refresh()
      return { changes, warnings: sentencesOf(withOverrides(fresh.config, store.config.list()).ignored) }
    },
    layers: () => ({
      defaults: withDefaults({}, project.configFile),
      file: project.file,
      base: fileOver(project),
    }),
    check: text => checkConfig(text).problems,
  }
}

/** An older SparkQ may have accepted what this one does not: then what is held stays. */
function adopt(project: Project, configText: string): void {
  try {
    project.file = parseConfig(configText, project.configFile)
    project.configText = configText
  } catch (error) {
    if (!(error instanceof SparkqError)) throw error
  }
}

const fileOver = (project: Project): Config => withDefaults(project.file, project.configFile)

/**
 * Applies a project's file to its database, where no server does.
 * @returns what is different from what was applied before, and which overrides are ignored
 */
export function applyConfig(project: Project, actor: string): { changes: string[]; warnings: string[] } {
  const store = openStore(project.database)
  try {
    const before = store.meta.get('config_text')
    loadConfig(store, project, actor)
    return {
      changes: describeChanges(lastConfig(before, project), project.config, hiders(store)),
      warnings: sentencesOf(withOverrides(project.config, store.config.list()).ignored),
    }
  } finally {
    store.close()
  }
}

/** What an earlier SparkQ accepted may not be accepted any more. */
function lastConfig(text: string | undefined, { configFile }: Project): Config {
  const last = { configFile, configText: '', file: {} } as Project
  adopt(last, text ?? '')
  return fileOver(last)
}

/** What a person said of a thing goes over what the file says of it; by the names that the changes have. */
function hiders(store: Store): ReadonlyMap<string, string> {
  const over = store.config.list().map(it => [nameOf(it), JSON.stringify(it.value)] as const)
  const own = <T extends { name: string; source: string }>(all: T[], section: string) =>
    all.filter(it => it.source === 'user').map(it => [`${section}.${it.name}`, 'your own'] as const)
  return new Map([
    ...over,
    ...own(store.tools.list({ hidden: true }), 'tools'),
    ...own(store.tools.listClasses({ hidden: true }), 'task_classes'),
  ])
}

const sentencesOf = (ignored: Ignored[]): string[] => ignored.map(it => it.sentence)

const nameOf = ({ namespace, key }: Override): string =>
  namespace === key ? namespace : `${namespace}.${key}`

/**
 * The overrides of a project whose database is not opened for more, in `project.config`. Where it cannot be opened there
 * are none to go by; what is wrong with it is said by whoever needs more of it.
 */
export function lookAtOverrides(project: Project): Project {
  Object.assign(project.config, withOverrides(project.config, readOverrides(project.database)).config)
  return project
}

/** The project as its database last took it over: whoever opens that brings it in step with no file that cannot be read. */
export function asLastTaken(project: Project): Project {
  const store = openStoreToLook(project.database)
  try {
    const text = store?.meta.get('config_text')
    if (text === undefined) return project
    adopt(project, text)
    return { ...project, config: fileOver(project), configText: text }
  } finally {
    store?.close()
  }
}

function readOverrides(database: string): Override[] {
  let store: Store | undefined
  try {
    store = openStoreToLook(database)
    return store?.config.list() ?? []
  } catch {
    return []
  } finally {
    store?.close()
  }
}

/** Brings tools, classes and the project's row in step with the file, where its text has changed since the last time. */
export function loadConfig(store: Store, project: Project, actor: string): void {
  const { configText, root } = project
  if (store.meta.get('config_text') === configText) return
  const at = timestamp(Date.now())
  const file = fileOver(project)
  store.transaction(() => {
    store.tools.replaceFileRows(
      Object.entries(file.tools).map(([name, it]) => ({
        ...noAgent,
        command: null,
        description: null,
        timeout: null,
        ...it,
        name,
      })),
      Object.entries(file.task_classes).map(([name, it]) => ({
        name,
        timeout: it.timeout,
        description: it.description ?? null,
      })),
    )
    keepInRows(store, withOverrides(file, store.config.list()).config, root, at)
    store.meta.set('config_text', configText)
    renewConfig(store)
    store.audit.append({ at, event: 'config.loaded', actor })
  })
}
