import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AgentReport } from '../../src/contract/agents.ts'
import { readRecording } from '../agents/recordings.ts'
import { beginAgent, changed } from './arrange.ts'
import { type Site, site } from './run-cli.ts'

const report: AgentReport = {
  ...{ agent: 'claude', outcome: 'ok', version: '2.1.330', model: 'claude-sonnet-5-5', turns: 2 },
  ...{ session_id: 'b5a1', api_key_source: 'none', total_of: 'run' },
  total: { input_tokens: 12_345, cached_input_tokens: 9000, output_tokens: 512, cost_usd: 4.12 },
}

/** A prompt with a check that Claude has done in this lane's own work tree. */
async function done(at: Site): Promise<void> {
  const attempt = await beginAgent(at, { payload: { prompt: 'Fix it', check: 'npm test' } })
  attempt.write('stdout', readRecording('claude-perm-bashfail').stdout)
  await attempt.finish(0, {
    ending: { kind: 'agent', outcome: 'ok', detail: 'It said so.' },
    result_summary: 'Fixed.',
    agent: report,
    changes: { ...changed, branch: 'sparkq/default', worktree: '/trees/default' },
  })
}

test('task says who did it, what that took and changed, and how to go on by hand', async t => {
  const at = await site(t)
  await done(at)
  const { stdout } = await at.sparkq(['task', 'DEFAULT-1'])
  const said = (label: string) => new RegExp(`^ {2}${label} +(.*)$`, 'm').exec(stdout)?.[1]
  assert.equal(said('agent'), 'Claude Code 2.1.330 · claude-sonnet-5-5 · 2 turns')
  assert.equal(said('cost'), '$4.12 · 12 k tokens in (9000 cached), 512 out · paid by subscription')
  assert.equal(said('go on'), `cd ${at.folder} && claude --resume b5a1`)
  assert.equal(said('check'), 'npm test · passed')
  assert.equal(said('changed'), '2 files, +2 -1, 1 commit     sparkq diff DEFAULT-1')
  assert.match(
    said('work tree') ?? '',
    /^sparkq\/default +sparkq worktree take default \| sparkq worktree drop/,
  )
})

test('a running agent’s last line is what it said or did', async t => {
  const at = await site(t)
  const attempt = await beginAgent(at)
  const lines = readRecording('claude-perm-bashfail').stdout.split('\n')
  const call = lines.findIndex(line => line.includes('"tool_use"'))
  attempt.write('stdout', `${lines.slice(0, call + 1).join('\n')}\n`)
  const { stdout } = await at.sparkq(['task', 'DEFAULT-1'])
  assert.match(stdout, /^ {2}now +› Bash echo out; echo err >&2; exit 3$/m)
})

test('lists and reviews say what it cost, where something did', async t => {
  const at = await site(t)
  assert.doesNotMatch((await at.sparkq(['review'])).stdout, /cost|\$/)
  await done(at)
  assert.match((await at.sparkq(['tasks'])).stdout, /cost +when\n.* succeeded .* \$4\.12 +now|\$4\.12/)
  const review = await at.sparkq(['review'])
  assert.match(review.stdout, /^So far: 1 succeeded · .* · \$4\.12$/m)
  assert.match(review.stdout, /^ +lane +succeeded +failed +work +cost +now$/m)
  const markdown = (await at.sparkq(['review', '--md', '--all'])).stdout
  assert.match(markdown, /^\| default \| 1 \| 0 \| .* \| \\\$4\.12 \|/m)
  assert.match(markdown, /^Changed 2 files, \\\+2 -1, 1 commit: `sparkq diff DEFAULT-1`$/m)
  assert.match(markdown, /^› Bash echo out/m)
  assert.equal(JSON.parse((await at.sparkq(['review', '--json'])).stdout).review.cost_usd, 4.12)
})
