import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { uiTest } from './support.ts'

const row = (page: Page, id: string) => page.getByRole('row').filter({ hasText: id })

uiTest(
  'many tabs share one stream; when the one that holds it goes, another takes it over',
  async (_t, ui) => {
    await ui.core.pauseQueue({ id: 'default' })
    let streams = 0
    ui.browser.on('request', request => {
      if (request.url().endsWith('/api/events')) streams++
    })
    const pages: Page[] = []
    for (let at = 0; at < 4; at++) {
      const page = await ui.open('/ui/tasks')
      await page.getByTitle('connected', { exact: true }).waitFor()
      pages.push(page)
    }
    assert.equal(streams, 1)
    await ui.add('default', 'true')
    for (const page of pages) await row(page, 'DEFAULT-1').waitFor()
    for (let at = 2; pages.length > 1; at++) {
      await (pages.shift() as Page).close()
      await ui.add('default', 'true')
      for (const page of pages) await row(page, `DEFAULT-${at}`).waitFor()
      assert.equal(streams, at)
    }
  },
)

uiTest('a page outlives its server, says so, and says what happened meanwhile', async (t, ui) => {
  await ui.core.pauseQueue({ id: 'default' })
  await ui.add('default', 'true')
  const page = await ui.open('/ui/queues/default')
  await page.getByRole('button', { name: 'Resume' }).waitFor()
  await page.getByRole('navigation').getByRole('link', { name: 'Tasks' }).click()
  await row(page, 'DEFAULT-1').waitFor()
  await page.getByTitle('connected', { exact: true }).waitFor()
  await ui.stopServer()
  await page.getByText('Not connected. Trying again').waitFor()
  await row(page, 'DEFAULT-1').waitFor()

  await t.test('what is tried meanwhile is refused in a sentence, and what is known is shown', async () => {
    await page.getByLabel('Search tasks').fill('nothing')
    await page.getByRole('alert').getByText(`No SparkQ server answers at ${ui.url}.`).waitFor()
    await page.getByRole('alert').getByText('sparkq start').waitFor()
    await page.getByLabel('Search tasks').fill('')
    await page.getByRole('navigation').getByRole('link', { name: 'default' }).click()
    await page.getByRole('heading', { level: 1, name: 'default' }).waitFor()
    await page.getByRole('button', { name: 'Resume' }).click()
    await page.getByRole('alert').getByText('No SparkQ server answers').waitFor()
    await page.getByRole('button', { name: 'Close' }).click()
    await page.getByRole('navigation').getByRole('link', { name: 'Tasks' }).click()
    await row(page, 'DEFAULT-1').waitFor()
  })

  await ui.add('default', 'true')
  await ui.core.cancelTask({ id: 'DEFAULT-1' })
  await ui.startServer()
  await page.getByText('Connected again. Meanwhile: 1 queued, 1 failed.').waitFor()
  await row(page, 'DEFAULT-2').waitFor()
  await row(page, 'DEFAULT-1').getByText('failed').waitFor()
  await page.getByText('Connected again.').waitFor({ state: 'detached' })
  await page.getByTitle('connected', { exact: true }).waitFor()
})

uiTest('the palette and the list of keys reach everything', async (_t, ui) => {
  await ui.core.pauseQueue({ id: 'default' })
  await ui.add('default', 'echo needle')
  const page = await ui.open('/ui/')
  await page.getByRole('heading', { name: 'Lanes now' }).waitFor()
  const go = async (text: string, option: string) => {
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Page, lane, task or action' }).waitFor()
    await page.keyboard.type(text)
    await page.getByRole('option', { name: option, selected: true }).waitFor()
    await page.keyboard.press('Enter')
  }
  await go('sess', 'Sessions')
  await page.getByRole('heading', { name: 'Sessions' }).waitFor()
  await go('default', 'default lane')
  await page.getByRole('heading', { level: 1, name: 'default' }).waitFor()
  await go('resume', 'Resume default')
  await page.getByText('Resumed default.').waitFor()
  await go('needle', 'DEFAULT-1')
  await page.getByRole('heading', { name: 'DEFAULT-1' }).waitFor()
  await go('new lane', 'New lane')
  await page.getByRole('dialog', { name: 'New lane' }).waitFor()
  await page.keyboard.press('Escape')
  await go('colours dark', 'Colours: dark')
  await page.reload()
  assert.equal(await page.evaluate('document.documentElement.dataset.theme'), 'dark')
  await page.getByRole('heading', { name: 'Queues' }).waitFor()
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keys' }).getByText('New lane').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
})
