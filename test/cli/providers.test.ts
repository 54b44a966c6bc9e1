import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { self } from '../../src/processes/identity.ts'
import { type Site, site } from './run-cli.ts'

async function ok(at: Site, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await at.sparkq(args)
  assert.equal(code, 0, stderr)
  return stdout
}

/** A task of an agent that ends so. */
async function ends(at: Site, outcome: 'usage_limit' | 'auth', resets_at?: string): Promise<void> {
  const { core } = at
  const { runner } = await core.startRunner({ queue_id: 'default', mode: 'run', process: self() })
  const payload = { prompt: 'Hello' }
  await core.createTask({ queue_id: 'default', tool_name: 'llm-sonnet', payload })
  const { task } = await core.claimTask({ id: 'default', runner_id: runner.id })
  await core.finishAttempt({
    ...{ id: task?.id as string, attempt: 1 },
    ending: { kind: 'agent', outcome, detail: 'It said so.' },
    agent: { agent: 'claude', outcome, ...(resets_at === undefined ? {} : { resets_at }) },
  })
}

describe('sparkq providers', { concurrency: true }, () => {
  test('lists what agents depend on, and is paused and resumed', async t => {
    const at = await site(t)
    assert.match(await ok(at, 'providers'), /claude +Claude Code +0 +open\n *codex +Codex +0 +open\n/)
    const paused = await at.sparkq(['providers', 'pause', 'claude', '--reason', 'Saving.', '--for', '2h'])
    assert.match(paused.stdout, /^Paused Claude Code until \S+ · 0 tasks wait\n$/)
    assert.match(paused.stderr, /sparkq providers resume claude/)
    assert.match(await ok(at, 'providers'), /claude .* paused until \S+ +by a person: Saving\./)
    assert.equal(
      await ok(at, 'providers', 'resume', 'claude'),
      'Claude Code takes work again · 0 tasks queued\n',
    )
    const { provider } = JSON.parse(await ok(at, 'providers', 'pause', 'codex', '--json'))
    assert.deepEqual([provider.name, provider.status, provider.until], ['codex', 'paused', null])
    const { providers } = JSON.parse(await ok(at, 'providers', '--json'))
    assert.equal(providers.length, 3)
  })

  test('says until when one is limited, and what mends one that is not logged in', async t => {
    const limited = await site(t)
    await ends(limited, 'usage_limit', '2026-11-30T22:10:00.000Z')
    assert.match(
      await ok(limited, 'providers'),
      /claude +Claude Code +1 +limited until .* +usage limit: It said so\./,
    )
    const out = await site(t)
    await ends(out, 'auth')
    const { stdout, stderr } = await out.sparkq(['providers'])
    assert.match(stdout, /claude +Claude Code +1 +paused +not logged in: It said so\./)
    assert.match(stderr, / claude +log in to Claude Code\n +sparkq providers resume claude/)
    assert.match(await ok(out, 'why', 'DEFAULT-1'), /waits for Claude Code, which is not logged in/)
  })

  test('refuses what is no provider', async t => {
    const at = await site(t)
    const { code, stderr } = await at.sparkq(['providers', 'pause', 'clade'])
    assert.equal(code, 2)
    assert.match(stderr, /claude/)
  })
})
