import fs from 'node:fs'
import path from 'node:path'
import { invalid } from '../contract/errors.ts'
import { shellWord } from '../contract/shell-word.ts'

/** `@FILE` is the file's text, `-` what stdin says, anything else itself. */
export async function readTextOption(text: string, name: string, cwd: string): Promise<string> {
  if (text === '-') return readStdin()
  return text.startsWith('@') ? readTextFile(text.slice(1), name, cwd) : text
}

/** Parses JSON given as text, `@FILE` or `-`. @throws invalid with the place of the mistake */
export async function readJsonOption(text: string, name: string, cwd: string): Promise<unknown> {
  return parseJson(await readTextOption(text, name, cwd), name)
}

/** A payload: JSON, and an object. */
export async function readPayloadOption(
  text: string | undefined,
  cwd: string,
): Promise<Record<string, unknown> | undefined> {
  if (text === undefined) return undefined
  return requireObject(await readJsonOption(text, '--payload', cwd), '--payload')
}

export function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const mistake = (error as Error).message.replace(/\.$/, '')
    throw invalid(`${name} is not JSON: ${mistake}.`, { hint: objectHint(name) })
  }
}

export function requireObject(value: unknown, name: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>
  throw invalid(`${name} must be a JSON object.`, { hint: objectHint(name) })
}

/** An option is typed again; a file was written in an editor, and is still there. */
function objectHint(name: string): string {
  return name.startsWith('-')
    ? `${name} '{"key": "value"}'`
    : `correct it, and give it: --payload @${shellWord(name)}`
}

export function readTextFile(file: string, name: string, cwd: string): string {
  try {
    return fs.readFileSync(path.resolve(cwd, file), 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const problem = code === 'ENOENT' ? `there is no file "${file}"` : `"${file}" cannot be read (${code})`
    throw invalid(`${name}: ${problem}.`, { hint: `ls -l ${file}` })
  }
}

export async function readStdin(): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
