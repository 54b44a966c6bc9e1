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
  const editor = env.VISUAL || env.EDITOR
  if (!editor) {
    throw invalid('No editor is set.', { hint: `export EDITOR=vi\nor give the payload: --payload '{…}'` })
  }
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sparkq-edit-'))
  const file = path.join(folder, 'payload.json')
  let keep = false
  try {
    fs.writeFileSync(file, `${JSON.stringify(payload, null, 2)}\n`, { mode: 0o600 })
    // Through a shell, because an editor may be set with its options: `code --wait`.
    const { status, error } = spawnSync('sh', ['-c', `${editor} "$1"`, 'sh', file], { stdio: 'inherit' })
    if (error) throw unusable(`The editor could not be started: ${error.message}.`, `echo $EDITOR`, error)
    if (status !== 0) throw invalid(`The editor ended with ${status}: nothing was changed.`)
    const text = fs.readFileSync(file, 'utf8')
    keep = true
    const edited = requireObject(parseJson(text, file), file)
    keep = false
    return edited
  } finally {
    if (!keep) fs.rmSync(folder, { recursive: true, force: true })
  }
}
