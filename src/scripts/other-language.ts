import fs from 'node:fs'
import path from 'node:path'
import { shellArgument } from '../contract/shell-word.ts'

/** What runs a script of another language than bash, by the end of its name. */
const interpreters: Record<string, string> = {
  '.js': 'node',
  '.mjs': 'node',
  '.cjs': 'node',
  '.ts': 'node',
  '.rb': 'ruby',
  '.pl': 'perl',
}

/**
 * Why bash would run a script that by its name is not bash's, and what mends it; undefined where it starts itself.
 * @param file where it lies; `shown` is how it is named
 */
export function runByBash(file: string, shown: string): string | undefined {
  const interpreter = interpreters[path.extname(file).toLowerCase()]
  if (interpreter === undefined) return undefined
  const hasShebang = startsWithShebang(file)
  if (hasShebang && isExecutable(file)) return undefined
  const mend = `chmod +x ${shellArgument(shown)}`
  if (hasShebang) return `${shown}: bash will run it, as it is not executable: ${mend}`
  const line = `#!/usr/bin/env ${interpreter}`
  return `${shown}: bash will run it, as its first line is not ${line}: write that, then ${mend}`
}

function isExecutable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK)
    return true
  } catch {
    return false
  }
}

function startsWithShebang(file: string): boolean {
  const fd = fs.openSync(file, 'r')
  try {
    const head = Buffer.alloc(2)
    return fs.readSync(fd, head, 0, 2, 0) === 2 && head.toString('latin1') === '#!'
  } finally {
    fs.closeSync(fd)
  }
}
