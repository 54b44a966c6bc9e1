import assert from 'node:assert/strict'
import { waitFor } from '../support/wait.ts'
import { overflowOf, type Ui, uiTest, violationsOf } from './support.ts'

const hostile = '<img src=x onerror=alert(1)>\u202egnp.exe'
const long = `${'a-lane-with-a-very-long-name-'.repeat(4).slice(0, 99)}é`
const shout = `echo '${'<b onmouseover=alert(1)>'.repeat(10)}'`

/** Lanes and tasks in every state, with names and texts that mean harm. */
async function fill({ core, add }: Ui): Promise<{ failed: string; running: string }> {
  await core.createSession({ name: hostile, instructions: hostile })
  await core.createQueue({ session_id: hostile, name: long, instructions: hostile })
  await core.createQueue({ session_id: 'default', name: `x/${hostile}` })
  await core.createQueue({ session_id: 'default', name: 'paused' })
  await core.pauseQueue({ id: 'paused', reason: hostile })
  await add('paused', shout)
  const failed = await add('default', `echo '${hostile}' >&2; exit 7`)
  await add(long, shout)
  const running = await add('default', `printf '\\033]0;title\\007\\033[31m${hostile}\\033[0m\\n'; sleep 600`)
  await waitFor('one runs and one has failed', async () => {
    const states = await Promise.all([failed, running].map(id => core.getTask({ id })))
    return states.map(({ task }) => task.status).join() === 'failed,running'
  })
  return { failed, running }
}

uiTest('every page is for everyone, in both themes, on a phone and on a desktop', async (t, ui) => {
  const { failed, running } = await fill(ui)
  const addresses = {
    '/ui/': 'Lanes now',
    '/ui/review': failed,
    '/ui/sessions': '<img src=x onerror=alert(1)>\\u202egnp.exe',
    '/ui/sessions?new=session': 'New session',
    '/ui/queues': '<img src=x onerror=alert(1)>\\u202egnp.exe',
    '/ui/queues?new=lane': 'New lane',
    [`/ui/queues/${encodeURIComponent(long)}`]: 'Instructions',
    '/ui/queues/paused': 'paused',
    '/ui/queues/nosuch': 'There is no queue "nosuch"',
    '/ui/tasks': running,
    '/ui/tasks?status=queued&queue=default': 'No task is like that',
    [`/ui/tasks/${running}`]: '<img src=x onerror=alert(1)>',
    [`/ui/tasks/${failed}/result`]: 'What it said last',
    [`/ui/tasks/${failed}/payload`]: 'Command',
    [`/ui/tasks/${failed}/attempts`]: 'exit 7',
    '/ui/tasks/NOSUCH-1': 'NOSUCH-1',
  }
  const page = await ui.open('/ui/')
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1280, 360]) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 800 })
      for (const [address, text] of Object.entries(addresses)) {
        await t.test(`${address.slice(0, 50)} ${colorScheme} ${width}`, async () => {
          await page.goto(ui.url + address)
          await page.locator('main, dialog').getByText(text).locator('visible=true').first().waitFor()
          assert.deepEqual(await violationsOf(page), [])
          assert.equal(await overflowOf(page), 0)
        })
      }
    }
  }
  await ui.core.cancelTask({ id: running })
})

uiTest('what is called like markup is shown as text', async (_t, ui) => {
  const { running } = await fill(ui)
  const page = await ui.open(`/ui/tasks/${running}`)
  await page.locator('sparkq-output .stdout').getByText('<img src=x onerror=alert(1)>').waitFor()
  const shown = await page.locator('sparkq-output .stdout .line-text').first().textContent()
  assert.equal(shown, '<img src=x onerror=alert(1)>gnp.exe')
  assert.equal(await page.locator('sparkq-output .fore-red').count(), 1)
  for (const address of ['/ui/', '/ui/queues', '/ui/sessions', '/ui/tasks']) {
    await page.goto(ui.url + address)
    await page.locator('main').getByText('<img').locator('visible=true').first().waitFor()
    assert.equal(await page.locator('img').count(), 0)
  }
  await page.goto(`${ui.url}/ui/queues`)
  await page.locator('main').getByRole('link', { name: 'x/<img' }).click()
  await page.locator('h1').getByText('x/<img').waitFor()
  assert.match(page.url(), /\/ui\/queues\/que_/)
  await ui.core.cancelTask({ id: running })
})
