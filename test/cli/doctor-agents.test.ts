import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { describe, test } from 'node:test'
import { ensureTree } from '../../src/changes/worktree.ts'
import { fakeAgents } from '../agents/fake-agents.ts'
import { runGit } from '../changes/support.ts'
import { writeFiles } from '../support/folder.ts'
import { beginAgent } from './arrange.ts'
import { finds } from './doctors.ts'
import { site } from './run-cli.ts'

describe('doctor looks at agents', { concurrency: 4 }, () => {
  test('which are there, and which are asked for in vain', async t => {
    const at = await site(t)
    const some = { env: { ...fakeAgents(t, ['claude', 'codex']).env } }
    await finds(at, 'agents', 'ok', /^claude 2\.1\.330 · codex 0\.169\.0 · login not checked$/, some)
    await at.core.createTool({ name: 'gem', task_class: 'LLM_LITE', agent: 'gemini' })
    const install = await finds(
      at,
      'agents',
      'warning',
      /^Gemini is not installed \(no gemini on the PATH\), and gem needs it\.$/,
      some,
    )
    assert.deepEqual(install, ['npm install -g @google/gemini-cli'])
  })

  test('tasks that wait for one that is not there', async t => {
    const at = await site(t)
    const none = { env: { PATH: path.dirname(process.execPath) } }
    await finds(at, 'agents', 'ok', /^none is installed, and none is asked for$/, none)
    await at.core.createTask({ queue_id: 'default', tool_name: 'llm-codex', payload: { prompt: 'x' } })
    await finds(
      at,
      'agents',
      'warning',
      /Codex is not installed .* llm-codex needs it: 1 task waits\.$/,
      none,
    )
  })

  test('one that is too old, and one that does not answer', async t => {
    const at = await site(t)
    const bin = path.join(at.folder, 'bin')
    const put = (script: string) => {
      writeFiles(at.folder, { 'bin/codex': `#!/bin/sh\n${script}\n` })
      fs.chmodSync(path.join(bin, 'codex'), 0o755)
    }
    const env = { env: { PATH: `${bin}${path.delimiter}${path.dirname(process.execPath)}` } }
    put('echo 0.1.0')
    await finds(at, 'agents', 'warning', /^Codex \(.*\/bin\/codex\) does not know --sandbox: /, env)
    put('exit 3')
    await finds(at, 'agents', 'warning', /^Codex does not answer: .* exited with code 3\.$/, env)
  })

  test('providers that take no work, and what mends that', async t => {
    const at = await site(t)
    await finds(at, 'providers', 'ok', /^all take work$/)
    await at.core.pauseProvider({ name: 'codex', reason: 'Saving.' })
    const next = await finds(at, 'providers', 'warning', /^Codex is paused: Saving\.$/)
    assert.deepEqual(next, ['sparkq providers resume codex'])
  })

  test('conversations that the agent no longer has', async t => {
    const at = await site(t)
    await finds(at, 'conversations', 'ok', /^no lane has a conversation$/)
    const attempt = await beginAgent(at, { host: os.hostname() })
    await attempt.finish(0, {
      ending: { kind: 'agent', outcome: 'ok', detail: '' },
      agent: { agent: 'claude', outcome: 'ok', session_id: 'b5a1' },
    })
    await finds(
      at,
      'conversations',
      'ok',
      /^1 conversation to go on with; the agent no longer has them, .*default/,
    )
  })

  test('work trees that hold what nobody has taken', async t => {
    const at = await site(t)
    await finds(at, 'worktrees', 'ok', /^no lane has one of its own$/)
    runGit(at.folder, 'init', '-q', '-b', 'main')
    runGit(at.folder, 'add', 'sparkq.yml')
    runGit(at.folder, '-c', 'user.name=T', '-c', 'user.email=t@example.com', 'commit', '-q', '-m', 'First')
    const tree = await ensureTree(at.folder, 'default', performance.now() + 20_000)
    writeFiles(tree.path, { 'made.txt': 'new\n' })
    await finds(at, 'worktrees', 'ok', /^1 work tree, 1 with work in$/)
    await at.core.endQueue({ id: 'default' })
    const next = await finds(at, 'worktrees', 'warning', /^The lane default is over, and its work tree holds/)
    assert.deepEqual(next, ['sparkq worktree take default', 'sparkq worktree drop default'])
  })
})
