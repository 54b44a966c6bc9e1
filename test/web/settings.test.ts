import assert from 'node:assert/strict'
import { waitFor } from '../support/wait.ts'
import { overflowOf, uiTest, violationsOf } from './support.ts'

const hostile = '<img src=x onerror=alert(1)>\u202egnp.exe'

uiTest('settings are looked at and changed by keyboard', async (t, ui) => {
  const { core } = ui
  const page = await ui.open('/ui/settings')
  const press = (name: string) => page.getByRole('button', { name, exact: true }).press('Enter')
  const overridden = async (name: string) =>
    (await core.listConfig()).config.find(it => it.name === name)?.source === 'override'

  await t.test('an override is set, refused in the words of the server, and taken back', async () => {
    await press('Override limits.max_output_mb')
    await page.getByLabel('Value').fill('-1')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByRole('alert').waitFor()
    await page.getByLabel('Value').fill('12')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    const row = page.getByRole('row').filter({ hasText: 'limits.max_output_mb' })
    await row.getByText('default: 64').waitFor()
    assert.ok(await overridden('limits.max_output_mb'))
    await press('Take the override of limits.max_output_mb back')
    await waitFor('it is back', async () => !(await overridden('limits.max_output_mb')))
  })

  await t.test('a class, a tool and a prompt are made, changed and deleted', async () => {
    await page.keyboard.press('3')
    await page.getByRole('button', { name: 'New task class' }).waitFor()
    await page.keyboard.press('n')
    await page.getByLabel('Name').fill('TINY')
    await page.getByLabel('Timeout, in seconds').fill('5')
    await page.keyboard.press('Enter')
    await page.getByRole('row').filter({ hasText: 'TINY' }).getByText('5 s').waitFor()
    await page.keyboard.press('2')
    await page.getByRole('button', { name: 'New tool' }).waitFor()
    await page.keyboard.press('n')
    await page.getByLabel('Name').fill('say')
    await page.getByLabel('Task class').selectOption('TINY')
    await page.getByLabel('Command, one word in a line').fill('echo\n{prompt}')
    await press('Create tool')
    await page.getByRole('row').filter({ hasText: 'echo {prompt}' }).waitFor()
    await press('Edit say')
    await page.getByLabel('Timeout, in seconds').fill('7')
    await page.keyboard.press('Enter')
    await page.getByRole('row').filter({ hasText: 'TINY · 7 s' }).waitFor()
    assert.deepEqual((await core.getTool({ name: 'say' })).tool.command, ['echo', '{prompt}'])
    await press('Delete say')
    await press('Delete tool')
    await page.getByText('Deleted say.').waitFor()
    await page.keyboard.press('4')
    await page.getByRole('button', { name: 'New prompt' }).waitFor()
    await page.keyboard.press('n')
    await page.getByLabel('Command').fill('greet')
    await page.getByLabel('Template').fill('Greet {{who}}')
    await press('Create prompt')
    await page.getByRole('row').filter({ hasText: 'greet' }).getByText('who').waitFor()
  })

  await t.test('a provider is paused and resumed', async () => {
    await page.keyboard.press('6')
    await press('Pause claude')
    await press('Resume claude')
    await page.getByRole('button', { name: 'Pause claude', exact: true }).waitFor()
    assert.equal((await core.listProviders()).providers[0]?.status, 'open')
  })

  await t.test('filters of the audit log are its address', async () => {
    await page.keyboard.press('8')
    await page.getByRole('row').filter({ hasText: 'tool.created' }).waitFor()
    await page.getByLabel('Event').fill('prompt.created')
    await page.keyboard.press('Enter')
    await page.getByRole('row').filter({ hasText: 'tool.created' }).waitFor({ state: 'detached' })
    await page.getByRole('row').filter({ hasText: 'prompt.created' }).waitFor()
    assert.equal(page.url(), `${ui.url}/ui/settings/audit?event=prompt.created`)
  })
})

uiTest('every settings page is for everyone, in both themes, on a phone and on a desktop', async (t, ui) => {
  await ui.core.createPrompt({ command: 'bad', description: hostile, template: hostile })
  await ui.core.pauseProvider({ name: 'codex', reason: hostile })
  await ui.core.createQueue({ session_id: 'default', name: hostile })
  const addresses = {
    config: 'server.port',
    tools: 'run-bash',
    classes: 'MEDIUM_SCRIPT',
    prompts: '<img src=x',
    scripts: 'No script is in',
    providers: '<img src=x',
    runners: 'worker-',
    audit: 'provider.paused',
  }
  const page = await ui.open('/ui/settings')
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1280, 360]) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 800 })
      for (const [tab, text] of Object.entries(addresses)) {
        await t.test(`${tab} ${colorScheme} ${width}`, async () => {
          await page.goto(`${ui.url}/ui/settings/${tab}`)
          await page.locator('main').getByText(text).locator('visible=true').first().waitFor()
          assert.deepEqual(await violationsOf(page), [])
          assert.equal(await overflowOf(page), 0)
          assert.equal(await page.locator('img').count(), 0)
        })
      }
    }
  }
})
