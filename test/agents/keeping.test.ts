import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { agentOf } from '../../src/agents/agents.ts'
import { resetFromRollout } from '../../src/agents/codex-limits.ts'
import { resetInText } from '../../src/agents/limit-time.ts'
import { probeAgent } from '../../src/agents/probe.ts'
import { tempFolder, writeFiles } from '../support/folder.ts'
import { fakeAgents } from './fake-agents.ts'

process.env.TZ = 'Europe/Berlin'
const id = '01a20353-d548-70b2-b18a-80cbdbb396ad'
const now = Date.parse('2026-11-22T12:55:20Z')

test('a conversation can be resumed where its agent has it', t => {
  const HOME = tempFolder(t)
  const cwd = path.join(HOME, 'work')
  const can = (name: 'claude' | 'codex' | 'gemini', session = id) =>
    agentOf(name).canResume(session, { env: { HOME }, cwd })
  for (const name of ['claude', 'codex', 'gemini'] as const) assert.equal(can(name), false)
  writeFiles(HOME, {
    [`.claude/projects/-anywhere/${id}.jsonl`]: '{}\n',
    [`.codex/sessions/2026/11/22/rollout-2026-11-22T12-55-00-${id}.jsonl`]: '{}\n',
    '.gemini/tmp/project/.project_root': cwd,
    '.gemini/tmp/project/chats/session-2026-11-22T12-55-01a20353.jsonl': '{}\n',
    '.claude/secret.jsonl': '',
  })
  for (const name of ['claude', 'codex', 'gemini'] as const) {
    assert.equal(can(name), true, name)
    for (const other of ['00000000-0000-4000-8000-000000000000', '../../secret', ''])
      assert.equal(can(name, other), false, name)
  }
  assert.equal(agentOf('gemini').canResume(id, { env: { HOME }, cwd: HOME }), false)
})

const limits = (primary: object | null, secondary: object | null) =>
  `${JSON.stringify({ type: 'event_msg', payload: { type: 'token_count', rate_limits: { primary, secondary } } })}\n`
const five = { used_percent: 100, window_minutes: 300, resets_at: 1795359355 }
const week = { used_percent: 40, window_minutes: 10_080, resets_at: 1795438555 }

test('codex keeps to the second when a limit is over', t => {
  const CODEX_HOME = tempFolder(t)
  const file = path.join(CODEX_HOME, `sessions/2026/11/22/rollout-2026-11-22T12-55-00-${id}.jsonl`)
  const reset = (text: string) => {
    fs.mkdirSync(path.dirname(file), { recursive: true })
    fs.writeFileSync(
      file,
      `${'{"type":"response_item"}\n'.repeat(100_000)}${text}not JSON with rate_limits\n`,
    )
    return resetFromRollout(id, { CODEX_HOME }, now)
  }
  assert.deepEqual(reset(limits(five, week)), { resets_at: '2026-11-22T14:55:55.000Z', limit: 'five_hour' })
  assert.deepEqual(reset(limits(five, { ...week, used_percent: 100 })), {
    resets_at: '2026-11-23T12:55:55.000Z',
    limit: 'seven_day',
  })
  assert.deepEqual(reset(limits(five, null) + limits({ ...five, used_percent: 3 }, week)), null)
  assert.equal(reset(limits({ ...five, resets_at: 1 }, null)), null)
  assert.equal(reset(''), null)
  assert.equal(resetFromRollout('other', { CODEX_HOME }, now), null)
})

test('what codex says of the time is by the clock of this machine', () => {
  const told = (text: string) =>
    resetInText(`You’ve hit your usage limit. Visit x or try again ${text}.`, now)
  assert.equal(told('at 2:55 PM'), '2026-11-22T13:55:00.000Z')
  assert.equal(told('at 1:55 PM'), '2026-11-22T12:55:00.000Z')
  assert.equal(told('at 1:54 PM'), '2026-11-23T12:54:00.000Z')
  assert.equal(told('at 12:10 AM'), '2026-11-22T23:10:00.000Z')
  assert.equal(told('at Nov 26th, 2026 12:15 AM'), '2026-11-25T23:15:00.000Z')
  assert.equal(told('in 1 day 2 hours 5 minutes'), '2026-11-23T15:00:20.000Z')
  for (const text of ['later', 'at noon', 'at Foo 26th, 2026 12:15 AM']) assert.equal(told(text), null)
})

test('what is installed is asked of the programs themselves, and asked again when they change', async t => {
  const { bin, env, calls } = fakeAgents(t, ['claude', 'codex'])
  const PATH = bin
  const claude = await probeAgent('claude', { ...env, PATH })
  assert.equal(claude.version, '2.1.330')
  assert.equal(claude.path, path.join(bin, 'claude'))
  assert.ok(claude.options.includes('--permission-mode') && claude.problem === null)
  assert.equal((await probeAgent('codex', { ...env, PATH })).version, '0.169.0')
  assert.deepEqual(await probeAgent('gemini', { ...env, PATH }), {
    name: 'gemini',
    path: null,
    version: null,
    options: [],
    problem: null,
  })
  assert.deepEqual(calls(), [])
  fs.writeFileSync(path.join(bin, 'claude'), '#!/bin/sh\necho "error: no Node" >&2\nexit 3\n')
  const broken = await probeAgent('claude', { ...env, PATH: `${bin}:${process.env.PATH}` })
  assert.equal(broken.version, null)
  assert.match(broken.problem ?? '', /claude --version exited with code 3: no Node$/)
})

test('a program that does not answer is stopped, with what it has started', async t => {
  const bin = tempFolder(t)
  writeFiles(bin, { codex: '#!/bin/bash\nsleep 1000 &\nwait\n' })
  const probe = await probeAgent('codex', { PATH: `${bin}:${process.env.PATH}` }, { limitMs: 300 })
  assert.match(probe.problem ?? '', /codex --version did not answer within 0.3 s$/)
})
