import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'

/**
 * Keeps files of a folder out of git's sight for this clone alone: a line in `.git/info/exclude`, which nobody commits.
 * @returns how to take that back; undefined where there is nothing to do (no git, no work tree, said already)
 */
export function excludeFromGit(folder: string, pattern: string): (() => void) | undefined {
  const place = findExclude(folder, pattern)
  if (!place) return undefined
  const { file, line } = place
  const text = readIfThere(file)
  if (text.split('\n').includes(line)) return undefined
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(file, `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`)
  return () => includeInGit(folder, pattern)
}

/** Takes the line out again, and nothing else. @returns whether it was there */
export function includeInGit(folder: string, pattern: string): boolean {
  const place = findExclude(folder, pattern)
  if (!place) return false
  const { file, line } = place
  const lines = readIfThere(file).split('\n')
  const at = lines.indexOf(line)
  if (at === -1) return false
  fs.writeFileSync(file, lines.toSpliced(at, 1).join('\n'))
  return true
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

/** Where this work tree's excludes stand, and how they name the pattern: from the top of the tree. */
function findExclude(folder: string, pattern: string): { file: string; line: string } | undefined {
  const { status, stdout } = spawnSync('git', ['rev-parse', '--show-prefix', '--git-path', 'info/exclude'], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  if (status !== 0) return undefined
  const [prefix = '', file] = stdout.split('\n')
  return file ? { file: path.resolve(folder, file), line: `/${prefix}${pattern}` } : undefined
}

function readIfThere(file: string): string {
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : ''
}
