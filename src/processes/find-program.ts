import fs from 'node:fs'
import path from 'node:path'

/** Where on the PATH a program lies; undefined where it is not to be had. */
export function findProgram(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const folders = (env.PATH ?? '').split(path.delimiter).filter(path.isAbsolute)
  return folders.map(folder => path.join(folder, name)).find(isProgram)
}

function isProgram(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK)
    return fs.statSync(file).isFile()
  } catch {
    return false
  }
}
