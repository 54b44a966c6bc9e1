import fs from 'node:fs'
import path from 'node:path'
import { checkConfig, findConfigFile, problemText } from '../config.ts'
import { defaultConfig } from '../contract/config.ts'
import { conflict, invalid, unusable } from '../contract/errors.ts'
import { removeFromYaml, setInYaml } from '../yaml-edit.ts'
import { readYaml } from '../yaml-text.ts'
import type { Key } from './config-key.ts'

/** @returns the file's name, and whether it was changed */
export type Edited = { name: string; changed: boolean }

/** Writes a value into the project's file. @throws invalid when the file would not be valid, and is left as it is */
export function setInFile(key: Key, value: unknown, cwd: string, env: NodeJS.ProcessEnv): Edited {
  return edit(cwd, env, text => {
    const [section] = key.steps as ['tools' | 'task_classes']
    // A file that names tools names all there are: the defaults go on only where they stand beside the new one.
    const whole =
      key.setting || checkConfig(text).value[section]
        ? text
        : setInYaml(text, [section], defaultConfig[section])
    return whole && setInYaml(whole, key.steps, value)
  })
}

/** Takes a value out of the project's file, so that the default counts. */
export function removeFromFile(key: Key, cwd: string, env: NodeJS.ProcessEnv): Edited {
  return edit(cwd, env, text => (says(text, key.steps) ? removeFromYaml(text, key.steps) : text))
}

function says(text: string, steps: readonly string[]): boolean {
  let value = readYaml(text).value
  for (const step of steps) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return false
    value = (value as Record<string, unknown>)[step]
  }
  return true
}

function edit(cwd: string, env: NodeJS.ProcessEnv, change: (text: string) => string | undefined): Edited {
  // Whoever keeps the file elsewhere and links to it wants that one changed.
  const file = fs.realpathSync(findConfigFile(cwd, env))
  const name = path.basename(file)
  const text = fs.readFileSync(file, 'utf8')
  const { problem } = readYaml(text)
  if (problem)
    throw refused(`${name}:${problem.place.line}:${problem.place.column}: ${problem.sentence}`, file)
  const edited = change(text)
  if (edited === undefined)
    throw refused(`${name} is written in a way in which this cannot be changed for you.`, file)
  requireValid(text, edited, file)
  if (edited === text) return { name, changed: false }
  replace(file, text, edited)
  return { name, changed: true }
}

function requireValid(text: string, edited: string, file: string): void {
  const [wrong] = checkConfig(edited).problems
  if (!wrong) return
  // What was wrong before is told where the person finds it.
  const before = checkConfig(text).problems.find(it => it.message === wrong.message)
  throw refused(before ? problemText(before, file) : `This cannot be set: ${wrong.message}`, file)
}

const refused = (sentence: string, file: string) =>
  invalid(sentence, { hint: `edit ${file}; nothing was changed` })

/** All of it or nothing, with the mode it had. */
function replace(file: string, text: string, edited: string): void {
  const { mode } = fs.statSync(file)
  const fresh = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}`)
  try {
    fs.writeFileSync(fresh, edited, { flag: 'wx', flush: true })
    fs.chmodSync(fresh, mode & 0o7777)
    if (fs.readFileSync(file, 'utf8') !== text)
      throw conflict(`${path.basename(file)} was changed by somebody else meanwhile.`, 'sparkq config')
    fs.renameSync(fresh, file)
  } catch (error) {
    fs.rmSync(fresh, { force: true })
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined || !/^E[A-Z]+$/.test(code)) throw error
    throw unusable(`${file} cannot be written (${code}).`, `ls -l ${file}`, error)
  }
}
