import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { begin } from './arrange.ts'
import { type Site, site } from './run-cli.ts'

export const names = (folder: string) => fs.readdirSync(folder).sort()
export const modes = (folder: string) =>
  [folder, ...fs.readdirSync(folder, { recursive: true }).map(name => path.join(folder, String(name)))].map(
    file => (fs.statSync(file).mode & 0o077).toString(8),
  )

export async function backUp(at: Site, args: string[] = ['copy']) {
  const { stdout, stderr, code } = await at.sparkq(['backup', ...args, '--json'])
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout).backup
}

/** Three tasks: one that succeeded and wrote something, one that failed, one queued. */
export async function arrange(
  t: Parameters<typeof site>[0],
  files: Record<string, string> = {},
  base?: string,
) {
  const at = await site(t, files, base)
  const first = await begin(at)
  first.write('stdout', 'hello\n')
  await first.finish(0)
  await (await begin(at)).finish(3)
  await at.core.createTask({ queue_id: 'default', tool_name: 'run-bash', payload: { command: 'x' } })
  await letGo(at)
  return { at, first: first.task }
}

/** Restores `copy` of a site into a folder of its own beside it. */
export async function restoreElsewhere(
  at: Site,
  look: (there: { folder: string; sparkq: Site['sparkq'] }) => Promise<void>,
): Promise<void> {
  const folder = path.join(path.dirname(at.folder), 'elsewhere')
  fs.mkdirSync(folder)
  const sparkq: Site['sparkq'] = (args, options) => at.sparkq(args, { ...options, in: folder })
  const { code, stderr } = await sparkq(['restore', path.join(at.folder, 'copy'), '--yes'])
  assert.equal(code, 0, stderr)
  await look({ folder, sparkq })
}

/** Nobody works the lanes any more. */
export async function letGo({ core }: Site): Promise<void> {
  for (const { id } of (await core.listRunners()).runners) await core.stopRunner({ id })
}
