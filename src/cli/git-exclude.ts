import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'

/**
 * Keeps files of a folder out of git's sight for this clone alone: a line in `.git/info/exclude`, which nobody commits.
 * @returns how to take that back; undefined where there is nothing to do (no git, no work tree, said already)
 */
export function excludeFromGit(folder: string, pattern: string): (() => void) | undefined {
  const place = findExclude(folder, pattern)
  if (!place || place.isIn) return undefined
  const { file, line } = place
  const text = readIfThere(file)
  fs.mkdirSync(path.dirname(file), { recursive: true })
  // Before a last line without its end, so that all is as it was when ours is taken out again.
  const isWhole = text === '' || text.endsWith('\n')
  fs.writeFileSync(file, isWhole ? `${text}${line}\n` : `${line}\n${text}`)
  return () => includeInGit(folder, pattern)
}

/**
 * Takes the line out again, and nothing else.
 * @param made what was not there before, and goes when nothing else is in it
 */
export function includeInGit(folder: string, pattern: string, made: 'file' | 'folder' | null = null): void {
  const place = findExclude(folder, pattern)
  if (!place?.isIn) return
  const { file, line } = place
  const lines = readIfThere(file).split('\n')
  const text = lines.toSpliced(lines.indexOf(line), 1).join('\n')
  fs.writeFileSync(file, text)
  if (made === null || text !== '') return
  fs.rmSync(file)
  const info = path.dirname(file)
  if (made === 'folder' && fs.readdirSync(info).length === 0) fs.rmdirSync(info)
}

/**
 * What names the database and the files beside it for git.
 * @returns undefined where git needs no telling: outside the folder, or where `sparkq/.gitignore` says it
 */
export function databasePattern(folder: string, database: string): string | undefined {
  const relative = path.relative(folder, database)
  const isElsewhere = relative.startsWith('..') || path.isAbsolute(relative)
  if (isElsewhere || /^sparkq\/(data|logs)\//.test(relative)) return undefined
  return `${relative.replace(/[\\*?[]/g, '\\$&')}*`
}

/** Where this work tree's excludes stand, how they name the pattern (from the top of the tree), and whether they do. */
export function findExclude(
  folder: string,
  pattern: string,
): { file: string; line: string; isIn: boolean } | undefined {
  const { status, stdout } = spawnSync('git', ['rev-parse', '--show-prefix', '--git-path', 'info/exclude'], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  if (status !== 0) return undefined
  const [prefix = '', file] = stdout.split('\n')
  if (!file) return undefined
  const exclude = path.resolve(folder, file)
  const line = `/${prefix}${pattern}`
  return { file: exclude, line, isIn: readIfThere(exclude).split('\n').includes(line) }
}

function readIfThere(file: string): string {
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : ''
}
