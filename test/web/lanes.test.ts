import assert from 'node:assert/strict'
import { waitFor } from '../support/wait.ts'
import { uiTest } from './support.ts'

uiTest('a session and a lane are made, worked and ended by keyboard alone', async (t, ui) => {
  const { core } = ui
  const page = await ui.open('/ui/sessions')
  await page.getByRole('button', { name: 'New session' }).waitFor()

  await t.test('n makes a session', async () => {
    await page.keyboard.press('n')
    await page.getByRole('dialog', { name: 'New session' }).waitFor()
    await page.keyboard.type('api-v2')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'api-v2' }).waitFor()
    assert.equal((await core.getSession({ id: 'api-v2' })).session.status, 'active')
  })

  await t.test('a name that is taken is refused in the words of the server', async () => {
    await page.keyboard.press('n')
    await page.getByRole('textbox', { name: 'Name' }).waitFor()
    await page.keyboard.type('api-v2')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').getByText('There is a session "api-v2" already.').waitFor()
    await page.getByRole('alert').getByText('sparkq session list').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })

  await t.test('g q, then n makes a lane and leads to it', async () => {
    await page.keyboard.press('g')
    await page.keyboard.press('q')
    await page.getByRole('heading', { name: 'Queues' }).waitFor()
    await page.getByRole('button', { name: 'New lane' }).waitFor()
    await page.keyboard.press('n')
    await page.getByRole('textbox', { name: 'Name' }).waitFor()
    await page.keyboard.type('auth')
    await page.getByLabel('Session').last().selectOption('api-v2')
    await page.getByRole('textbox', { name: 'Name' }).press('Enter')
    await page.getByRole('heading', { level: 1, name: 'auth' }).waitFor()
    assert.equal(page.url(), `${ui.url}/ui/queues/auth`)
    assert.equal((await core.getQueue({ id: 'auth' })).queue.session.name, 'api-v2')
  })

  await t.test('p pauses it, and that can be undone', async () => {
    await page.getByRole('button', { name: 'Pause' }).waitFor()
    await page.keyboard.press('p')
    await page.getByText('Paused auth.').waitFor()
    assert.equal((await core.getQueue({ id: 'auth' })).queue.status, 'idle')
    await page.getByRole('button', { name: 'Undo' }).press('Enter')
    await waitFor('it is active', async () => (await core.getQueue({ id: 'auth' })).queue.status === 'active')
    await page.getByRole('button', { name: 'Pause' }).waitFor()
  })

  await t.test('instructions and settings are saved', async () => {
    await page.getByLabel('Instructions').last().fill('# Auth')
    await page.getByRole('button', { name: 'Save' }).press('Enter')
    await page.getByText('Saved the instructions.').waitFor()
    await page.getByLabel('When a task fails').selectOption('pause the lane')
    await waitFor('both are kept', async () => {
      const { instructions, settings } = (await core.getQueue({ id: 'auth' })).queue
      return instructions === '# Auth' && settings.on_failure === 'pause'
    })
  })

  await t.test('what is typed stays when it is changed elsewhere', async () => {
    const box = page.getByLabel('Instructions').last()
    await box.fill('# Mine')
    await core.updateQueue({ id: 'auth', instructions: '# Theirs' })
    await page.getByText('changed elsewhere meanwhile').waitFor()
    assert.equal(await box.inputValue(), '# Mine')
    await page.getByRole('button', { name: 'Drop changes' }).press('Enter')
    assert.equal(await box.inputValue(), '# Theirs')
  })

  await t.test('it is renamed, archived and brought back', async () => {
    await page.getByRole('button', { name: 'Rename' }).press('Enter')
    await page.getByRole('textbox', { name: 'Name' }).fill('login')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'login' }).waitFor()
    await page.getByRole('button', { name: 'Archive' }).press('Enter')
    await page.getByRole('button', { name: 'Unarchive' }).press('Enter')
    await page.getByRole('button', { name: 'Pause' }).waitFor()
  })

  await t.test('ending asks, and says what is cancelled', async () => {
    await core.pauseQueue({ id: 'login' })
    await ui.add('login', 'true')
    await page.getByText('1 queued').first().waitFor()
    await page.getByRole('button', { name: 'End' }).press('Enter')
    await page.getByRole('dialog').getByText('1 queued task is cancelled.').waitFor()
    await page.keyboard.press('Escape')
    assert.equal((await core.getQueue({ id: 'login' })).queue.status, 'idle')
    await page.getByRole('button', { name: 'End' }).press('Enter')
    await page.getByRole('button', { name: 'End lane' }).press('Enter')
    await page.getByText('Ended login.').waitFor()
    assert.equal((await core.getQueue({ id: 'login' })).queue.status, 'ended')
  })

  await t.test('deleting leads back to the lanes', async () => {
    await page.getByRole('button', { name: 'Delete' }).press('Enter')
    await page.getByRole('button', { name: 'Delete lane' }).press('Enter')
    await page.getByRole('heading', { name: 'Queues' }).waitFor()
    await page.goto(`${ui.url}/ui/sessions`)
    await page.getByRole('button', { name: 'End session api-v2' }).press('Enter')
    await page.getByRole('button', { name: 'End session', exact: true }).press('Enter')
    await page.getByText('Ended session api-v2.').waitFor()
    await page.getByRole('button', { name: 'Delete session api-v2' }).press('Enter')
    await page.getByRole('button', { name: 'Delete session', exact: true }).press('Enter')
    await page.getByText('Deleted session api-v2.').waitFor()
    assert.deepEqual(
      (await core.listSessions()).sessions.map(({ name }) => name),
      ['default'],
    )
  })
})

uiTest('a running task is cancelled with its lane only where that is said', async (_t, ui) => {
  const id = await ui.add('default', 'sleep 600')
  await waitFor('it runs', async () => (await ui.core.getTask({ id })).task.status === 'running')
  const page = await ui.open('/ui/queues/default')
  await page.getByText('1 running').waitFor()
  await page.getByRole('button', { name: 'End' }).click()
  await page.getByRole('dialog').getByText('1 task runs now and is stopped.').waitFor()
  await page.getByRole('button', { name: 'Cancel and end' }).click()
  await page.getByText('Ended default.').waitFor()
  assert.equal((await ui.core.getTask({ id })).task.error_type, 'cancelled')
})
