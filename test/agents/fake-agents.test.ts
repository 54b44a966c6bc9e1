import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { fakeAgents, fixtures } from './fake-agents.ts'

const lines = (text: string) => text.split('\n').filter(Boolean)

test('a fake agent plays a recording, with its exit code, and tells how it was called', t => {
  const { env, calls } = fakeAgents(t)
  const run = spawnSync('claude', ['-p', '--model', 'haiku'], {
    encoding: 'utf8',
    env,
    input: 'Please.\nREPLAY:claude-limit-oauth\nRESET_IN:20',
  })
  assert.equal(run.status, 1)
  const recorded = fs.readFileSync(path.join(fixtures, 'recordings', 'claude-limit-oauth.jsonl'), 'utf8')
  assert.equal(lines(run.stdout).length, lines(recorded).length)
  const event = lines(run.stdout).map(line => JSON.parse(line))[1]
  assert.ok(Math.abs(event.rate_limit_info.resetsAt - Date.now() / 1000 - 20) < 10)
  const [call] = calls()
  assert.deepEqual(call?.argv, ['claude', '-p', '--model', 'haiku'])
  assert.match(call?.stdin ?? '', /^Please/)
})

test('it speaks of the session that it was given, plays one recording after the other, and dies as the real one', t => {
  const { env } = fakeAgents(t)
  const set = { ...env, FAKE_AGENT_REPLAY: 'claude-success,claude-sig-slow-kill' }
  const call = () =>
    spawnSync('claude', ['-p', '--session-id', 'abc'], { encoding: 'utf8', env: set, input: '' })
  const first = call()
  assert.equal(JSON.parse(lines(first.stdout)[0] as string).session_id, 'abc')
  assert.equal(first.status, 0)
  assert.equal(call().signal, 'SIGKILL')
  assert.equal(spawnSync('codex', ['--version'], { encoding: 'utf8', env }).stdout, 'codex-cli 0.169.0\n')
})
