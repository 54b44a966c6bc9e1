// The MCP inspector's command line against every tool, resource and prompt, on both transports. It has 150 MB of
// dependencies, so it is not installed with the others but when this runs: node --test test-agents/inspector.test.ts
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { type Site, site } from '../test/cli/run-cli.ts'
import { door, serveMcp } from '../test/mcp/reach.ts'

const inspector = '@modelcontextprotocol/inspector@2.12.0'
const folder = path.join(import.meta.dirname, '../node_modules/.cache/inspector')
const program = path.join(folder, 'node_modules/.bin/mcp-inspector')

function install(): void {
  const stamp = path.join(folder, 'installed')
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === inspector) return
  fs.mkdirSync(folder, { recursive: true })
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ private: true }))
  const words = ['install', '--save-exact', '--no-audit', '--no-fund', '--loglevel=error', inspector]
  const { status } = spawnSync('npm', words, { cwd: folder, stdio: ['ignore', 2, 2] })
  assert.equal(status, 0, `npm could not install ${inspector}: the registry is needed once`)
  fs.writeFileSync(stamp, inspector)
}

/** @returns what the inspector prints, as JSON */
async function inspect({ folder, env }: Site, target: string[], method: string, words: string[] = []) {
  const args = ['--cli', ...target, '--method', method, ...words]
  const path = `${process.execPath.replace(/\/[^/]*$/, '')}:${env.PATH}`
  const child = spawn(program, args, { cwd: folder, env: { ...env, PATH: path }, stdio: 'pipe' })
  let [out, err] = ['', '']
  child.stdout.setEncoding('utf8').on('data', text => (out += text))
  child.stderr.setEncoding('utf8').on('data', text => (err += text))
  const [code] = await once(child, 'close')
  assert.equal(code, 0, `${args.join(' ')}\n${out}${err}`)
  return JSON.parse(out)
}

for (const transport of ['stdio', 'http'] as const) {
  test(`the inspector passes over ${transport}`, async t => {
    install()
    const made = await site(t, { 'scripts/hello.sh': '#!/bin/bash\necho hello\n' })
    fs.writeFileSync(path.join(made.folder, 'sparkq/WORKER_PLAYBOOK.md'), '# Be a worker\n')
    const target =
      transport === 'stdio'
        ? [process.execPath, door, 'mcp']
        : [`${(await serveMcp(t, made)).url}/mcp`, '--transport', 'http']
    const ask = (method: string, words?: string[]) => inspect(made, target, method, words)
    const call = async (name: string, args: Record<string, string | number> = {}) => {
      const words = Object.entries(args).flatMap(([key, value]) => ['--tool-arg', `${key}=${value}`])
      const answer = await ask('tools/call', ['--tool-name', name, ...words])
      assert.notEqual(answer.isError, true, JSON.stringify(answer))
      return answer.structuredContent
    }

    const { tools } = await ask('tools/list')
    const called = new Set<string>()
    const use: typeof call = (name, args) => {
      called.add(name)
      return call(name, args)
    }
    for (const command of ['one', 'two', 'three']) await use('enqueue', { lane: 'default', command })
    assert.equal((await use('peek', { lane: 'default' })).task.friendly_id, 'DEFAULT-1')
    // Each of these is a process of its own, which is gone before the next: only a key ties them together.
    if (transport === 'http') {
      assert.equal((await use('claim', { lane: 'default' })).task.friendly_id, 'DEFAULT-1')
      await use('complete', { task: 'DEFAULT-1', attempt: 1, result_summary: 'Done.' })
      assert.equal((await use('wait_for_task', { lane: 'default', wait_s: 5 })).task.friendly_id, 'DEFAULT-2')
      await use('fail', { task: 'DEFAULT-2', attempt: 1, error_message: 'No.' })
      await use('claim', { lane: 'default' })
      assert.equal((await use('ask', { task: 'DEFAULT-3', question: 'Which?' })).task.wait_reason, 'question')
    } else {
      for (const [name, args] of [
        ['complete', { result_summary: 'Done.' }],
        ['fail', { error_message: 'No.' }],
        ['ask', { question: 'Which?' }],
      ] as const) {
        const { task } = await made.core.claimTask({ id: 'default' })
        await use(name, { task: task?.friendly_id ?? '', ...args })
      }
      assert.equal((await use('claim', { lane: 'default' })).task, null)
      assert.equal((await use('wait_for_task', { lane: 'default', wait_s: 0 })).task, null)
    }
    assert.equal((await use('list_lanes')).lanes[0].counts.succeeded, 1)
    assert.equal((await use('list_tasks', { status: 'failed' })).tasks.length, 1)
    assert.equal((await use('get_task', { task: 'DEFAULT-3' })).task.status, 'queued')
    assert.equal((await use('list_scripts')).scripts.length, 1)
    assert.deepEqual([...called].sort(), tools.map((it: { name: string }) => it.name).sort())

    const { resources } = await ask('resources/list')
    assert.deepEqual(
      resources.map((it: { uri: string }) => it.uri),
      ['sparkq://playbook', 'sparkq://lane/default'],
    )
    assert.equal((await ask('resources/templates/list')).resourceTemplates.length, 3)
    const uris = [
      ...resources.map((it: { uri: string }) => it.uri),
      'sparkq://task/DEFAULT-1',
      'sparkq://task/DEFAULT-1/output',
    ]
    for (const uri of uris) assert.equal((await ask('resources/read', ['--uri', uri])).contents[0].uri, uri)
    assert.equal((await ask('prompts/list')).prompts[0].name, 'work')
    const prompt = await ask('prompts/get', ['--prompt-name', 'work', '--prompt-args', 'lane=default'])
    assert.match(prompt.messages[0].content.text, /wait_for_task/)
  })
}
