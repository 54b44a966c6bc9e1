import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { waitFor } from '../support/wait.ts'
import { uiTest } from './support.ts'

const fixtures = path.join(path.dirname(import.meta.dirname), 'fixtures', 'agents', 'recordings')

const untilGo = 'until [ -e go ]; do sleep 0.05; done'

uiTest('tasks come, run and end before the eyes, and are worked with by keyboard', async (t, ui) => {
  const { core, add } = ui
  const page = await ui.open('/ui/tasks')
  await page.getByText('There is no task yet.').waitFor()
  const row = (id: string) => page.getByRole('row').filter({ hasText: id })

  await t.test('a new task appears, and changes as it goes on', async () => {
    await add('default', `echo begun; ${untilGo}; echo done`)
    await row('DEFAULT-1').getByText('running').waitFor()
    await page.goto(`${ui.url}/ui/`)
    await page.locator('.lane-line').getByText('begun').waitFor()
    await page.goto(`${ui.url}/ui/tasks/DEFAULT-1`)
    await page.locator('sparkq-output').getByText('begun').waitFor()
    fs.writeFileSync(path.join(ui.folder, 'go'), '')
    await page.locator('sparkq-output').getByText('done').waitFor()
    await page.locator('.task-head').getByText('succeeded').waitFor()
    await page.getByText('DEFAULT-1 succeeded').waitFor()
  })

  await t.test('keys accept and requeue, and numbers open its parts', async () => {
    await page.getByRole('button', { name: 'Accept' }).waitFor()
    await page.keyboard.press('a')
    await page.getByText('Accepted DEFAULT-1.').waitFor()
    assert.equal((await core.getTask({ id: 'DEFAULT-1' })).task.review, 'accepted')
    await page.keyboard.press('3')
    await page.getByRole('group', { name: 'Summary' }).getByText('done').waitFor()
    assert.equal(page.url(), `${ui.url}/ui/tasks/DEFAULT-1/result`)
    await page.keyboard.press('r')
    await page.getByRole('heading', { name: 'DEFAULT-2' }).waitFor()
    assert.equal(page.url(), `${ui.url}/ui/tasks/DEFAULT-2`)
    await page.locator('.task-head').getByText('succeeded').waitFor()
  })

  await t.test('a copy with edits runs what was edited', async () => {
    await page.getByRole('button', { name: 'Requeue with edits' }).waitFor()
    await page.keyboard.press('e')
    await page.getByLabel('Command').fill('echo edited; exit 3')
    await page.keyboard.press('Control+Enter')
    await page.getByRole('heading', { name: 'DEFAULT-3' }).waitFor()
    await page.locator('.task-head').getByText('failed · exit 3').waitFor()
    await page.locator('sparkq-output').getByText('edited').waitFor()
  })

  await t.test('rejecting takes a note', async () => {
    await page.getByRole('button', { name: 'Reject' }).waitFor()
    await page.keyboard.press('x')
    await page.getByLabel('Note').fill('not like that')
    await page.getByRole('button', { name: 'Reject' }).last().press('Enter')
    await page.getByText('Rejected DEFAULT-3.').waitFor()
    const { review, review_note } = (await core.getTask({ id: 'DEFAULT-3' })).task
    assert.deepEqual([review, review_note], ['rejected', 'not like that'])
    await page.locator('aside').getByText('not like that').waitFor()
  })

  await t.test('what is queued is edited, moved, cancelled and deleted', async () => {
    await core.pauseQueue({ id: 'default' })
    for (const name of ['4', '5']) await add('default', `echo ${name}`)
    await page.goto(`${ui.url}/ui/tasks/DEFAULT-5`)
    await page.getByText('sparkq queue resume default').waitFor()
    await page.keyboard.press('e')
    await page.getByLabel('Timeout, in seconds').fill('77')
    await page.getByRole('button', { name: 'Save' }).press('Enter')
    await page.locator('aside').getByText('77 s').waitFor()
    await page.keyboard.press('f')
    await page.getByText('DEFAULT-5 is first in line.').waitFor()
    await page.keyboard.press('c')
    await page.getByRole('button', { name: 'Cancel task' }).press('Enter')
    await page.locator('.task-head').getByText('failed · cancelled').waitFor()
    await page.getByRole('button', { name: 'Delete' }).press('Enter')
    await page.getByRole('button', { name: 'Delete task' }).press('Enter')
    await page.getByRole('heading', { name: 'Tasks' }).waitFor()
    assert.equal(page.url(), `${ui.url}/ui/tasks?queue=default`)
    await row('DEFAULT-4').waitFor()
    assert.equal(await row('DEFAULT-5').count(), 0)
  })

  await t.test('filters are the address', async () => {
    await page.goto(`${ui.url}/ui/tasks`)
    await page.getByRole('link', { name: 'failed', exact: true }).press('Enter')
    await row('DEFAULT-1').waitFor({ state: 'detached' })
    assert.equal(page.url(), `${ui.url}/ui/tasks?status=failed`)
    await page.getByLabel('Review').selectOption('rejected')
    await row('DEFAULT-3').waitFor()
    assert.equal(page.url(), `${ui.url}/ui/tasks?status=failed&review=rejected`)
    await page.getByRole('button', { name: 'Clear' }).press('Enter')
    await row('DEFAULT-1').waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('edited')
    await row('DEFAULT-1').waitFor({ state: 'detached' })
    assert.equal(page.url(), `${ui.url}/ui/tasks?q=edited`)
    await row('DEFAULT-3').waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'DEFAULT-3' }).waitFor()
    await page.goBack()
    await row('DEFAULT-3').waitFor()
    assert.equal(page.url(), `${ui.url}/ui/tasks?q=edited`)
  })
})

uiTest('more tasks than a page are read as far as one scrolls, and few are in the page', async (_t, ui) => {
  await ui.core.pauseQueue({ id: 'default' })
  const tasks = Array.from({ length: 1000 }, (_, at) => ({
    queue_id: 'default',
    tool_name: 'run-bash',
    payload: { command: `echo ${at}` },
  }))
  await ui.core.createTasks({ tasks })
  const page = await ui.open('/ui/tasks')
  await page.getByRole('row').filter({ hasText: 'DEFAULT-1000' }).waitFor()
  await waitFor('the last one is seen', async () => {
    await page.evaluate('scrollTo(0, document.documentElement.scrollHeight)')
    return (await page.getByRole('link', { name: 'DEFAULT-1', exact: true }).count()) === 1
  })
  assert.ok((await page.getByRole('row').count()) < 120)
  // Who reads further down goes on seeing what they read when a task comes in above.
  await page.evaluate('scrollTo(0, 12000)')
  const first = () =>
    page.evaluate(
      `[...document.querySelectorAll('[data-row] a')].find(it => Math.abs(it.getBoundingClientRect().top - 150) < 40)?.textContent`,
    )
  const before = await waitFor('rows of there are drawn, not those of the end', async () => {
    const id = String(await first())
    return Number(id.split('-')[1]) > 100 && id
  })
  await ui.add('default', 'echo new')
  await page.getByLabel('Pages and lanes').getByText('1001').waitFor()
  await waitFor('the table knows it', () =>
    page.evaluate(`document.querySelector('[role=table]').ariaRowCount === '1002'`),
  )
  await waitFor('it shows what was read', async () => (await first()) === before)
})

uiTest('what an agent did is told, with what it took', async (_t, ui) => {
  const { core } = ui
  await core.createTool({ name: 'llm', agent: 'claude', task_class: 'MEDIUM_SCRIPT' })
  await core.createQueue({ session_id: 'default', name: 'agents' })
  await core.setRunnerWanted({ id: 'agents', wanted: 'off' })
  const payload = { prompt: 'Say <b>hello</b>' }
  const { task } = await core.createTask({ queue_id: 'agents', tool_name: 'llm', payload })
  await core.claimTask({ id: 'agents', worker_id: 'w' })
  const page = await ui.open(`/ui/tasks/${task.friendly_id}/transcript`)
  const lines = fs.readFileSync(path.join(fixtures, 'claude-write.jsonl'), 'utf8')
  const data = Buffer.from(lines).toString('base64')
  const at = new Date().toISOString()
  const marks = [{ at, stream: 'stdout' as const, offset: Buffer.byteLength(lines) }]
  await core.appendOutput({ id: task.id, attempt: 1, stream: 'stdout', offset: 0, data, marks })
  await page.locator('.output-row').getByText('› ').first().waitFor()
  const usage = { input_tokens: 12_345, cached_input_tokens: 9_000, output_tokens: 678, cost_usd: 0.42 }
  await core.finishAttempt({
    ...{ id: task.id, attempt: 1 },
    ending: { kind: 'agent', outcome: 'ok', detail: 'It said hello.' },
    agent: { agent: 'claude', outcome: 'ok', model: 'a-model', turns: 2, total: usage },
  })
  await page.locator('.task-head').getByText('succeeded').waitFor()
  assert.equal(await page.locator('.output-row').getByText('"type":').count(), 0)
  await page.getByRole('link', { name: 'Attempts', exact: true }).press('Enter')
  await page.getByText('12,345 tokens in (9,000 cached), 678 out').waitFor()
  await page.getByText('$0.42').first().waitFor()
})
