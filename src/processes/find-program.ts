import fs from 'node:fs'
import path from 'node:path'

/** Where on the PATH a program lies; undefined where it is not to be had. */
export function findProgram(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const folders = (env.PATH ?? '').split(path.delimiter).filter(path.isAbsolute)
  return folders.map(folder => path.join(folder, name)).find(isProgram)
}

function isProgram(file: string): boolean {
  try {
    // Asked first: most folders do not have it, and an error costs ten times as much as an answer.
    if (!fs.statSync(file, { throwIfNoEntry: false })?.isFile()) return false
    fs.accessSync(file, fs.constants.X_OK)
    return true
  } catch {
    return false
  }
}
