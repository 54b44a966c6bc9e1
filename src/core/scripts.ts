import fs from 'node:fs'
import path from 'node:path'
import type { Input, Output } from '../contract/api.ts'
import { defaultConfig } from '../contract/config.ts'
import { notFound, SparkqError } from '../contract/errors.ts'
import { didYouMean } from '../contract/nearest.ts'
import type { Script } from '../contract/scripts.ts'
import { didYouMeanScript, type Named } from '../scripts/nearest-script.ts'
import type { IndexedScript } from '../scripts/script-index.ts'
import type { Context } from './context.ts'

/** The scripts as they are now. With `script`, the one of this path or name; with `q`, those with all of its words. */
export async function listScripts(
  ctx: Context,
  input: Input<'listScripts'> = {},
): Promise<Output<'listScripts'>> {
  const index = await readIndex(ctx)
  const chosen = input.script === undefined ? index.scripts : named(index.scripts, input.script)
  const shown = input.q === undefined ? chosen : search(chosen, input.q)
  const isWhole = shown === index.scripts
  const paths = new Set(shown.map(it => it.path))
  return {
    scripts: shown.map(it => toScript(ctx, it)),
    warnings: [
      ...index.warnings.filter(it => isWhole || paths.has(it.path)).map(it => it.text),
      ...shown.flatMap(({ header }) => [...header.warnings, ...unknownClass(ctx, header)]),
      ...(isWhole ? twice(shown) : []),
    ],
  }
}

/**
 * An error that says which script may have been meant, where one was refused because it does not exist. The index is not
 * read before: it takes longer than a transaction may.
 */
export async function withNearestScript(ctx: Context, error: SparkqError): Promise<SparkqError> {
  const { code, path: missing } = (error.cause ?? {}) as NodeJS.ErrnoException
  const isScript = error.errors.some(({ pointer }) => pointer.endsWith('/payload/script_path'))
  if (!isScript || code !== 'ENOENT' || missing === undefined) return error
  const word = path.relative(ctx.projectRoot, missing)
  const { scripts } = await readIndex(ctx)
  const known = scripts.map(({ path, header }): Named => ({ path, name: header.name }))
  const all = [...known, ...siblings(ctx, missing).filter(file => !known.some(it => it.path === file.path))]
  const hint = scripts.length > 0 ? 'sparkq scripts list' : error.hint
  return new SparkqError(error.code, error.message + didYouMeanScript(word, all), {
    hint,
    errors: error.errors,
    cause: error.cause,
  })
}

const readIndex = ({ scripts, config, projectRoot }: Context) =>
  scripts.read(projectRoot, config.script_dirs, defaultConfig.script_dirs)

/** The files beside one that is missing: a script need not lie where scripts usually are. */
function siblings({ projectRoot }: Context, missing: string): Named[] {
  const folder = path.dirname(missing)
  try {
    const files = fs.readdirSync(folder, { withFileTypes: true }).filter(entry => !entry.isDirectory())
    return files.map(({ name }) => ({
      path: path.relative(projectRoot, path.join(folder, name)),
      name: null,
    }))
  } catch {
    // No such folder: nothing to suggest.
    return []
  }
}

function named(scripts: IndexedScript[], word: string): IndexedScript[] {
  const file = path.normalize(word)
  const found = scripts.filter(it => it.path === file)
  if (found.length > 0) return found
  const called = scripts.filter(it => nameOf(it).toLowerCase() === word.trim().toLowerCase())
  if (called.length > 0) return called
  const known = scripts.map(({ path, header }): Named => ({ path, name: header.name }))
  throw notFound(`There is no script "${word}".${didYouMeanScript(word, known)}`, 'sparkq scripts list')
}

/** Those with all words in path, name, description or tags; first those that have them in path or name. */
function search(scripts: IndexedScript[], q: string): IndexedScript[] {
  const words = q.toLowerCase().split(/\s+/)
  const has = (text: string) => words.every(word => text.includes(word))
  const titled = (it: IndexedScript) => `${it.path}\n${nameOf(it)}`.toLowerCase()
  const all = (it: IndexedScript) =>
    `${titled(it)}\n${it.header.description ?? ''}\n${it.header.tags.join('\n')}`.toLowerCase()
  const byTitle = scripts.filter(it => has(titled(it)))
  return [...byTitle, ...scripts.filter(it => !byTitle.includes(it) && has(all(it)))]
}

const nameOf = ({ path: file, header }: IndexedScript): string =>
  header.name ?? path.basename(file, path.extname(file))

function toScript(ctx: Context, it: IndexedScript): Script {
  const { description, inputs, outputs, tags, timeout, task_class } = it.header
  return {
    path: it.path,
    name: nameOf(it),
    description,
    inputs,
    outputs,
    tags,
    timeout,
    // What the warning says is left out is.
    task_class: task_class && unknownClass(ctx, it.header).length === 0 ? task_class.name : null,
  }
}

/** A class that a script's header names but nobody has defined is a warning, not a refusal. */
export function unknownClass(ctx: Context, { task_class }: IndexedScript['header']): string[] {
  if (!task_class || ctx.store.tools.getClass(task_class.name)) return []
  const names = ctx.store.tools.listClasses().map(it => it.name)
  const { name, place } = task_class
  return [`${place}: there is no task_class "${name}"; it is left out.${didYouMean(name, names)}`]
}

function twice(scripts: IndexedScript[]): string[] {
  const first = new Map<string, string>()
  return scripts.flatMap(({ path, header: { name } }) => {
    if (name === null) return []
    const other = first.get(name.toLowerCase())
    if (other !== undefined) return [`${path}: it has the name of ${other}, "${name}".`]
    first.set(name.toLowerCase(), path)
    return []
  })
}
