import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { invalid, unusable } from '../contract/errors.ts'
import { parseJson, requireObject } from './read-input.ts'

/**
 * Opens the person's editor on a payload.
 * @returns the payload as it was saved
 * @throws invalid when there is no editor, it fails, or what was saved is not a JSON object: that file is kept, and named
 */
export function editPayload(payload: unknown, env: NodeJS.ProcessEnv): Record<string, unknown> {
  return editText(`${JSON.stringify(payload, null, 2)}\n`, env, {
    name: 'payload.json',
    instead: `give the payload: --payload '{…}'`,
    read: (text, file) => requireObject(parseJson(text, file), file),
  })
}

/**
 * Opens the person's editor on a text.
 * @param name    of the file that the editor sees
 * @param instead what else there is to do without an editor
 * @param read    makes of the text what it is to be; where it throws, the file is kept
 */
export function editText<T>(
  text: string,
  env: NodeJS.ProcessEnv,
  { name, instead, read }: { name: string; instead: string; read: (text: string, file: string) => T },
): T {
  const editor = env.VISUAL || env.EDITOR
  if (!editor) throw invalid('No editor is set.', { hint: `export EDITOR=vi\nor ${instead}` })
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sparkq-edit-'))
  const file = path.join(folder, name)
  let keep = false
  try {
    fs.writeFileSync(file, text, { mode: 0o600 })
    // Through a shell, because an editor may be set with its options: `code --wait`.
    const { status, error } = spawnSync('sh', ['-c', `${editor} "$1"`, 'sh', file], { stdio: 'inherit' })
    if (error) throw unusable(`The editor could not be started: ${error.message}.`, `echo $EDITOR`, error)
    if (status !== 0) throw invalid(`The editor ended with ${status}: nothing was changed.`)
    const saved = fs.readFileSync(file, 'utf8')
    keep = true
    const edited = read(saved, file)
    keep = false
    return edited
  } finally {
    if (!keep) fs.rmSync(folder, { recursive: true, force: true })
  }
}
