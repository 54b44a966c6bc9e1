import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { State } from '../../src/doctor/check.ts'
import type { Site } from './run-cli.ts'

type Place = Pick<Site, 'folder' | 'env' | 'sparkq'>
export type Found = { check: string; state: State; says: string; next: string[] }

const door = path.join(import.meta.dirname, '../fixtures/cli/main.ts')

/** What `sparkq doctor --json` says; it exits with 1 exactly when something is broken. */
export async function examine(at: Place, args: string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Found[]> {
  const { stdout, stderr, code } = await at.sparkq(['doctor', '--json', ...args], { env })
  assert.notEqual(stdout, '', stderr)
  const { checks } = JSON.parse(stdout) as { checks: Found[] }
  assert.equal(code, checks.some(it => it.state === 'broken') ? 1 : 0)
  return checks
}

/** What one check has found. */
export async function look(
  at: Place,
  check: string,
  args: string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<Found[]> {
  const found = (await examine(at, args, env)).filter(it => it.check === check)
  assert.ok(found.length > 0, `${check} was looked at`)
  return found
}

/** One check finds one thing; answers the commands that mend it. */
export async function finds(
  at: Place,
  check: string,
  state: State,
  says: RegExp,
  { args = [] as string[], env = {} as NodeJS.ProcessEnv } = {},
): Promise<string[]> {
  const [found, ...more] = await look(at, check, args, env)
  assert.deepEqual([found?.state, more], [state, []], JSON.stringify(found))
  assert.match(found?.says ?? '', says)
  return found?.next ?? []
}

/** Types commands into a shell, in which there is a `sparkq`. */
export async function type(at: Place, ...lines: string[]): Promise<void> {
  const bin = path.join(path.dirname(at.folder), 'bin')
  fs.mkdirSync(bin, { recursive: true })
  fs.writeFileSync(path.join(bin, 'sparkq'), `#!/bin/sh\nexec '${process.execPath}' '${door}' "$@"\n`, {
    mode: 0o755,
  })
  for (const line of lines) {
    const shell = spawn('bash', ['-c', line], {
      cwd: at.folder,
      env: { ...at.env, PATH: `${bin}${path.delimiter}${at.env.PATH}` },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let stderr = ''
    shell.stderr.on('data', text => {
      stderr += text
    })
    const [code] = await once(shell, 'close')
    assert.equal(code, 0, `${line}: ${stderr}`)
  }
}

/** Writes into the database behind SparkQ's back. */
export function tamper({ folder }: Pick<Site, 'folder'>, sql: string): void {
  const db = new DatabaseSync(path.join(folder, 'sparkq/data/sparkq.db'), {
    enableForeignKeyConstraints: false,
    defensive: false,
    timeout: 5000,
  })
  db.exec(sql)
  db.close()
}
