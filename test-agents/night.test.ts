import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Api } from '../src/contract/api.ts'
import type { Review } from '../src/contract/review.ts'
import { lastEventOf, taskOf } from './look.ts'
import { type Lane, type Planned, planNight, stallAfter } from './night-plan.ts'
import { type AgentSite, freely, openSite } from './site.ts'

const lanes: Record<Lane, { tool: string; settings?: string[] }> = {
  claude: { tool: 'claude', settings: ['check_retries=1'] },
  codex: { tool: 'codex' },
  scripts: { tool: 'run-bash' },
  python: { tool: 'run-python' },
}

test('a night of four lanes ends as it should, with no hand on it', async t => {
  const yaml = `  short: {agent: claude, model: haiku, task_class: LLM_LITE, max_turns: 2, ${freely}}\n`
  const config = {
    'limits.stall_after': String(stallAfter),
    'limits.on_stall': 'fail',
    'limits.retry_delay': '1',
    'limits.stop_grace': '3',
  }
  const site = await openSite(t, { lanes, yaml, config })
  const night = planNight()
  assert.equal(night.length, 40)
  const ids: string[] = []
  for (const { lane, words } of night) ids.push(await site.add(lane, ...words))

  const { api } = await site.serve()
  await site.sparkq(['wait', ...ids, '--timeout', '270'], 1)

  assert.deepEqual(await whatBecame(api, ids), night.map(wanted))
  await checkReport(site, api, night, ids)
  await checkCosts(api, night, ids)
})

const wanted = (it: Planned) => `${it.lane} ${it.ends} ${it.attempts}/${it.runs} ${it.words.join(' ')}`

async function whatBecame(api: Api, ids: string[]): Promise<string[]> {
  const night = planNight()
  return Promise.all(
    ids.map(async (id, i) => {
      const task = await taskOf(api, id)
      const { attempts } = await api.listAttempts({ id })
      const ends = task.status === 'failed' ? task.error_type : task.status
      return `${task.queue.name} ${ends} ${task.attempts}/${attempts.length} ${night[i]?.words.join(' ')}`
    }),
  )
}

async function checkReport(site: AgentSite, api: Api, night: Planned[], ids: string[]): Promise<void> {
  const { review } = JSON.parse((await site.sparkq(['review', '--json'])).stdout) as { review: Review }
  const count = (lane?: string) => {
    const tasks = night.filter(it => lane === undefined || it.lane === lane)
    const succeeded = tasks.filter(({ ends }) => ends === 'succeeded').length
    return [succeeded, tasks.length - succeeded]
  }
  assert.deepEqual([review.succeeded, review.failed, review.queued, review.running], [...count(), 0, 0])
  for (const { queue, succeeded, failed } of review.lanes)
    assert.deepEqual([queue.name, succeeded, failed], [queue.name, ...count(queue.name)])

  const report = (await site.sparkq(['review', '--md'])).stdout
  const tasks = await Promise.all(ids.map(id => taskOf(api, id)))
  for (const task of tasks) {
    const isAgents = ['claude', 'codex'].includes(task.queue.name)
    if (task.status !== 'failed' && !isAgents) continue
    assert.ok(report.includes(`${task.friendly_id} · `), `${task.friendly_id} is in the report`)
  }
}

/** Of each conversation (a refusal ends one) the last run tells what the whole of it cost. */
async function checkCosts(api: Api, night: Planned[], ids: string[]): Promise<void> {
  const claudes = ids.filter((_, i) => night[i]?.lane === 'claude')
  const events = await Promise.all(claudes.map(id => lastEventOf(api, id)))
  const totals = new Map(
    events.filter(it => it.total_cost_usd > 0).map(it => [it.session_id, it.total_cost_usd] as const),
  )
  assert.equal(totals.size, 2)
  const total = [...totals.values()].reduce((sum, cost) => sum + cost)
  const { usage } = (await api.getWorkStats({})).total
  assert.ok(Math.abs((usage.cost_usd ?? 0) - total) < 1e-9, `${usage.cost_usd}, not ${total}`)
}
