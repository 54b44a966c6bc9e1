import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { waitFor } from '../support/wait.ts'
import { overflowOf, type Ui, uiTest, violationsOf } from './support.ts'

const greet = '# description: Greets somebody.\n# inputs: who, how (optional)\necho "$2 $1"\n'
const hostile = '<img src=x onerror=alert(1)>\u202egnp.exe'

/** A lane that keeps what it is given, a stored prompt, a tool that takes prompts. */
async function fill({ core }: Ui): Promise<void> {
  await core.createQueue({ session_id: 'default', name: 'night', instructions: 'Keep the API.\nSay why.' })
  await core.pauseQueue({ id: 'night', reason: hostile })
  await core.createTool({ name: 'llm-chat', task_class: 'LLM_LITE' })
  await core.createPrompt({
    command: 'refresh',
    description: hostile,
    template: 'Refresh {{what}} by {{day=Friday}}.',
  })
}

const numberOf = (task: { friendly_id: string }) => Number(task.friendly_id.split('-').at(-1))

const queuedIn = async ({ core }: Ui, queue: string) => (await core.listTasks({ queue_id: queue })).tasks

const queuedHere = (page: Page) => page.getByRole('list', { name: 'Queued just now' }).getByRole('listitem')

uiTest(
  'tasks are queued one after the other, by keyboard',
  async (t, ui) => {
    await fill(ui)
    const page = await ui.open('/ui/')
    const latest = async (number: number) => {
      const tasks = await waitFor('it is queued', async () => {
        const tasks = await queuedIn(ui, 'night')
        return tasks.length === number ? tasks : undefined
      })
      return tasks.toSorted((a, b) => numberOf(a) - numberOf(b)).at(-1)
    }

    await t.test('a stored prompt with a variable', async () => {
      await page.getByRole('heading', { name: 'Lanes now' }).waitFor()
      await page.keyboard.press('g')
      await page.keyboard.press('e')
      await page.getByLabel('Lane', { exact: true }).selectOption('night')
      await page.getByLabel('Tool', { exact: true }).selectOption('llm-chat')
      await page.getByLabel('Stored prompt').selectOption('refresh')
      await page.getByText('The prompt "refresh" needs what.').waitFor()
      await page.getByLabel('what', { exact: true }).fill('the tokens')
      const preview = page.getByRole('list', { name: 'What would be queued' })
      await preview.getByText('Refresh the tokens by Friday.').waitFor()
      await page.getByText('after the lane’s instructions (2 lines)').waitFor()
      await page.getByRole('button', { name: 'Queue task' }).press('Enter')
      const task = await latest(1)
      assert.deepEqual(task?.payload, { prompt: 'Refresh the tokens by Friday.' })
      assert.equal(task?.tool_name, 'llm-chat')
    })

    await t.test('its text, taken over and changed', async () => {
      await page.getByLabel('what', { exact: true }).fill('all')
      await page.getByRole('button', { name: 'Change its text' }).press('Enter')
      const box = page.getByLabel('Prompt', { exact: true })
      assert.equal(await box.inputValue(), 'Refresh all by Friday.')
      await box.fill('One.\n\nTwo.')
      await page.getByLabel('Several tasks').check()
      await page.getByRole('button', { name: 'Queue 2 tasks' }).press('Enter')
      assert.deepEqual((await latest(3))?.payload, { prompt: 'Two.' })
    })

    await t.test('Ctrl-Enter queues and stays, and it can be undone', async () => {
      await page.getByLabel('Tool', { exact: true }).selectOption('run-bash')
      const box = page.getByLabel('Command', { exact: true }).and(page.locator('textarea'))
      await page.getByLabel('Several tasks').uncheck()
      await box.fill('echo one')
      await box.press('Control+Enter')
      assert.deepEqual((await latest(4))?.payload, { command: 'echo one' })
      await waitFor('the field is empty', async () => (await box.inputValue()) === '')
      assert.equal(await box.evaluate(it => it === it.ownerDocument.activeElement), true)
      assert.equal(page.url(), `${ui.url}/ui/enqueue`)
      assert.equal(await queuedHere(page).count(), 4)
      await page.keyboard.type('echo two')
      await page.keyboard.press('Control+Enter')
      assert.deepEqual((await latest(5))?.payload, { command: 'echo two' })
      await waitFor('the page knows it', async () => (await queuedHere(page).count()) === 5)
      await page.getByRole('button', { name: 'Undo' }).last().press('Enter')
      assert.deepEqual((await latest(4))?.payload, { command: 'echo one' })
    })
  },
  { 'scripts/greet.sh': greet },
)

uiTest(
  'a script has a field for each of its inputs',
  async (t, ui) => {
    await fill(ui)
    const page = await ui.open('/ui/enqueue?queue=night')
    await page.getByLabel('Tool', { exact: true }).selectOption('run-bash')
    await page.getByLabel('Script of the project').check()
    const script = page.getByLabel('Script', { exact: true })

    await t.test('one that is refused shows the sentence and loses nothing', async () => {
      await script.fill('scripts/gret.sh')
      await page.getByLabel('Arguments').fill("'a b' c")
      await script.press('Control+Enter')
      await page.locator('form').getByRole('alert').getByText('scripts/gret.sh').waitFor()
      assert.equal(await script.inputValue(), 'scripts/gret.sh')
      assert.equal(await page.getByLabel('Arguments').inputValue(), "'a b' c")
      assert.equal((await queuedIn(ui, 'night')).length, 0)
    })

    await t.test('what was typed finds its fields', async () => {
      await script.fill('greet')
      await page.locator('.note').getByText('Greets somebody.').waitFor()
      assert.equal(await page.getByLabel('who', { exact: true }).inputValue(), 'a b')
      assert.equal(await page.getByLabel('how', { exact: true }).inputValue(), 'c')
      await page.getByLabel('how', { exact: true }).fill('')
      await page.getByLabel('who', { exact: true }).fill('')
      await page.getByText('It needs who.').waitFor()
      await page.getByLabel('who', { exact: true }).fill('Ada L.')
      await page.keyboard.press('Enter')
      await queuedHere(page).getByText("./scripts/greet.sh 'Ada L.'").waitFor()
      const [task] = await queuedIn(ui, 'night')
      assert.deepEqual(task?.payload, { script_path: 'scripts/greet.sh', args: ['Ada L.'] })
    })
  },
  { 'scripts/greet.sh': greet },
)

uiTest('a task is made again, with edits', async (_t, ui) => {
  await fill(ui)
  const { task } = await ui.core.createTask({
    queue_id: 'night',
    tool_name: 'run-bash',
    payload: { command: 'echo one', check: 'test -d .', cwd: '.' },
    timeout: 77,
  })
  const page = await ui.open(`/ui/tasks/${task.friendly_id}`)
  await page.getByRole('button', { name: 'Again with edits' }).press('Enter')
  const box = page.locator('.enqueue-work textarea')
  await waitFor('it is filled in', async () => (await box.inputValue()) === 'echo one')
  assert.equal(await page.getByLabel('Timeout, in seconds').inputValue(), '77')
  assert.equal(await page.getByLabel('Check', { exact: true }).inputValue(), 'test -d .')
  await box.fill('echo two')
  await box.press('Control+Enter')
  await queuedHere(page).getByText('echo two').waitFor()
  const made = (await queuedIn(ui, 'night')).find(({ id }) => id !== task.id)
  assert.deepEqual(made?.payload, { command: 'echo two', check: 'test -d .', cwd: '.' })
  assert.equal(made?.timeout, 77)
  assert.equal(page.url(), `${ui.url}/ui/enqueue`)
})

uiTest('the enqueue page is for everyone, in both themes, on a phone and on a desktop', async (t, ui) => {
  await fill(ui)
  const { task } = await ui.core.createTask({
    queue_id: 'night',
    tool_name: 'run-bash',
    payload: { command: `echo '${hostile.repeat(9)}'`, check: 'test -d .', cwd: '.' },
  })
  const addresses = {
    '/ui/enqueue': 'What it runs is shown here',
    '/ui/enqueue?queue=night&prompt=refresh': 'The prompt "refresh" needs what.',
    '/ui/enqueue?queue=nosuch': 'The lane "nosuch" takes no tasks',
    '/ui/enqueue?again=NOSUCH-1': 'NOSUCH-1',
    [`/ui/enqueue?again=${task.friendly_id}`]: 'then checks',
  }
  const page = await ui.open('/ui/')
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1280, 360]) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 800 })
      for (const [address, text] of Object.entries(addresses)) {
        await t.test(`${address} ${colorScheme} ${width}`, async () => {
          await page.goto(ui.url + address)
          await page.locator('main').getByText(text).locator('visible=true').first().waitFor()
          assert.deepEqual(await violationsOf(page), [])
          assert.equal(await overflowOf(page), 0)
          assert.equal(await page.locator('img').count(), 0)
        })
      }
    }
  }
})
