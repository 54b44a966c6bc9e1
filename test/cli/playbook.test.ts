import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import { playbookFile, shippedPlaybook } from '../../src/cli/setup/playbook.ts'
import { emptySite, type Site, site } from './run-cli.ts'

const text = shippedPlaybook()
const door = path.join(import.meta.dirname, '../fixtures/cli/main.ts')

/** The blocks that are fenced as `sh`, with the line that they begin at. */
function blocksOf(markdown: string): { line: number; script: string }[] {
  return [...markdown.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(({ 1: script = '', index }) => ({
    line: markdown.slice(0, index).split('\n').length + 1,
    script,
  }))
}

/** The environment of a shell in which `sparkq` is this one. */
function shellOf({ folder, env }: Pick<Site, 'folder' | 'env'>): NodeJS.ProcessEnv {
  const bin = path.join(folder, '../bin')
  fs.mkdirSync(bin)
  fs.writeFileSync(path.join(bin, 'sparkq'), `#!/bin/sh\nexec "${process.execPath}" "${door}" "$@"\n`, {
    mode: 0o755,
  })
  return { ...env, PATH: `${bin}${path.delimiter}${env.PATH}` }
}

const read = ({ folder }: Pick<Site, 'folder'>) => fs.readFileSync(path.join(folder, playbookFile), 'utf8')

describe('the playbook of workers', { concurrency: 3 }, () => {
  test('has the nine sections, and no line that an assistant would have to guess', () => {
    const headings = [...text.matchAll(/^## (\d)\. (.+)$/gm)].map(it => `${it[1]} ${it[2]}`)
    assert.deepEqual(headings, [
      '1 What a worker is',
      '2 Quick start',
      '3 Setting up a session',
      '4 The task loop',
      '5 Finishing a task',
      '6 When something goes wrong',
      '7 Quick reference',
      '8 Advanced patterns',
      '9 A whole session',
    ])
    assert.ok(blocksOf(text).length > 20)
    assert.doesNotMatch(text, /TODO|TBD|XXX/)
  })

  test('says what is so: every command in it does what it says, in its order', async t => {
    const at = await site(t)
    const env = shellOf(at)
    for (const { line, script } of blocksOf(text)) {
      const run = promisify(execFile)('bash', ['-eo', 'pipefail', '-c', script], {
        cwd: at.folder,
        env,
        timeout: 60_000,
      })
      await run.catch(error =>
        assert.fail(`line ${line}: ${error.message}\n${error.stdout}\n${error.stderr}`),
      )
    }
    const { tasks } = await at.core.listTasks({ queue_id: 'demo' })
    const ends = tasks.reverse().map(it => `${it.friendly_id.slice(5)} ${it.status}`)
    const all = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
    assert.deepEqual(
      ends,
      all.map(n => `${n} ${n === 5 ? 'failed' : 'succeeded'}`),
    )
  })

  test('is written by setup, made anew when it is ours and older, and never over what somebody wrote', async t => {
    const at = emptySite(t)
    const file = path.join(at.folder, playbookFile)
    assert.match((await at.sparkq(['setup', '--yes'])).stdout, /made +sparkq\/WORKER_PLAYBOOK\.md/)
    assert.equal(read(at), text)

    // As an older version of SparkQ would have left it.
    const record = path.join(at.folder, 'sparkq/data/setup.json')
    const older = text.replace('# Worker playbook', '# Playbook')
    fs.writeFileSync(file, older)
    const { createHash } = await import('node:crypto')
    const made = JSON.parse(fs.readFileSync(record, 'utf8'))
    made.files[playbookFile] = createHash('sha256').update(older).digest('hex')
    fs.writeFileSync(record, JSON.stringify(made))
    assert.match((await at.sparkq(['setup', '--yes'])).stdout, /made +sparkq\/WORKER_PLAYBOOK\.md, as this/)
    assert.equal(read(at), text)

    fs.appendFileSync(file, '\nMine.\n')
    await at.sparkq(['setup', '--yes'])
    assert.match(read(at), /\nMine\.\n$/)
    const { stderr } = await at.sparkq(['teardown', '--force'])
    assert.match(stderr, /WORKER_PLAYBOOK\.md/)
    assert.match(read(at), /\nMine\.\n$/)
  })

  test('goes with teardown', async t => {
    const at = emptySite(t)
    await at.sparkq(['setup', '--yes'])
    assert.equal((await at.sparkq(['teardown', '--force'])).code, 0)
    assert.deepEqual(fs.readdirSync(at.folder), [])
  })
})
