import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { waitFor } from '../support/wait.ts'
import { overflowOf, type Ui, uiTest, violationsOf } from './support.ts'

const untilGo = (name: string) => `until [ -e ${name} ]; do sleep 0.05; done`
const go = (ui: Ui, name: string) => fs.writeFileSync(path.join(ui.folder, name), '')
const lineOf = (page: Page, number: number) => page.locator(`.output-row[data-line="${number}"]`)

uiTest('output is followed, searched, chosen from and taken away by keyboard', async (t, ui) => {
  await ui.add(
    'default',
    `seq -f 'line %g' 500; echo 'an error' >&2; ${untilGo('more')}; seq -f 'later %g' 100; ${untilGo('end')}`,
  )
  const page = await ui.open('/ui/tasks/DEFAULT-1')
  const lines = page.getByRole('region', { name: 'Output of DEFAULT-1' })

  await t.test('its end is in view, and few rows are in the page', async () => {
    await lineOf(page, 501).waitFor()
    await lineOf(page, 501).getByText('an error').waitFor()
    assert.ok((await page.locator('.output-row').count()) < 120)
    assert.match((await lineOf(page, 501).getAttribute('class')) ?? '', /stderr/)
  })

  await t.test('who has scrolled up is told what is new, and gets there', async () => {
    await lines.focus()
    await page.keyboard.press('Home')
    await lineOf(page, 1).waitFor()
    go(ui, 'more')
    const pill = page.getByRole('button', { name: '▼ 100 new lines' })
    await pill.waitFor()
    await lineOf(page, 1).waitFor()
    await pill.press('Enter')
    await lineOf(page, 601).getByText('later 100').waitFor()
    await pill.waitFor({ state: 'hidden' })
  })

  await t.test('search counts, and steps through what it found', async () => {
    await lines.focus()
    await page.keyboard.press('Control+f')
    await page.keyboard.type('LINE 50')
    await page.getByText('2 lines', { exact: true }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByText('1 of 2 lines').waitFor()
    await lineOf(page, 50).locator('mark').getByText('line 50').waitFor()
    assert.equal(new URL(page.url()).hash, '#L50')
    await page.keyboard.press('Shift+Enter')
    await page.getByText('2 of 2 lines').waitFor()
    await lineOf(page, 500).locator('mark').waitFor()
    await page.keyboard.press('Escape')
    assert.equal(await page.locator('.output-row mark').count(), 0)
  })

  await t.test('lines are chosen, are an address, and are copied', async () => {
    await page.keyboard.press('Control+f')
    await page.keyboard.type(':120-122')
    await page.keyboard.press('Enter')
    await lineOf(page, 121).waitFor()
    assert.equal(new URL(page.url()).hash, '#L120-L122')
    await ui.browser.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: ui.url })
    await page.getByRole('button', { name: 'Copy', exact: true }).press('Enter')
    await page.getByText('Copied 3 lines.').waitFor()
    assert.equal(await page.evaluate('navigator.clipboard.readText()'), 'line 120\nline 121\nline 122\n')
    const other = await ui.open('/ui/tasks/DEFAULT-1/output#L300-L301')
    await lineOf(other, 300).waitFor()
    assert.equal(await other.locator('.output-row.chosen').count(), 2)
    await lineOf(other, 310).locator('.line-number').click()
    await lineOf(other, 312)
      .locator('.line-number')
      .click({ modifiers: ['Shift'] })
    assert.equal(new URL(other.url()).hash, '#L310-L312')
    await other.close()
  })

  await t.test('times are shown where one wants them', async () => {
    await page.getByRole('button', { name: 'Times' }).press('Enter')
    assert.match((await lineOf(page, 121).locator('.line-time').textContent()) ?? '', /^\d\d:\d\d:\d\d$/)
  })

  await t.test('all of it is a file', async () => {
    const coming = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download' }).press('Enter')
    const file = await coming
    assert.equal(file.suggestedFilename(), 'DEFAULT-1-1.log')
    const text = fs.readFileSync(await file.path(), 'utf8')
    assert.equal(text.split('\n').length, 602)
    assert.match(text, /^line 1\n.*an error\n.*later 100\n$/s)
    go(ui, 'end')
  })
})

uiTest('hostile, long and coloured output is text, and fits', async (_t, ui) => {
  const id = await ui.add(
    'default',
    [
      `printf '\\033]8;;javascript:alert(1)\\033\\\\bad\\033]8;;\\033\\\\ \\033]8;;https://example.org/\\033\\\\good\\033]8;;\\033\\\\\\n'`,
      `printf '<script>alert(1)</script> \\033[1;31mred\\033[0m http://localhost:1/x\\n'`,
      `printf '10%%\\r100%%\\n'`,
      `head -c 1048576 /dev/zero | tr '\\0' x; echo`,
      'echo last >&2',
    ].join('\n'),
  )
  await waitFor('it has ended', async () => (await ui.core.getTask({ id })).task.status === 'succeeded')
  const page = await ui.open(`/ui/tasks/${id}`)
  await lineOf(page, 5).getByText('last').waitFor()
  const links = page.locator('sparkq-output a')
  assert.deepEqual(await links.evaluateAll(all => all.map(it => [it.textContent, it.getAttribute('href')])), [
    ['good', 'https://example.org/'],
    ['http://localhost:1/x', 'http://localhost:1/x'],
  ])
  assert.equal(await page.locator('sparkq-output script').count(), 0)
  assert.equal(await lineOf(page, 3).locator('.line-text').textContent(), '100%')
  assert.ok(((await lineOf(page, 4).textContent()) ?? '').length < 11_000)
  await lineOf(page, 4).getByText('a line of 1.0 MB, its beginning').waitFor()
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1280, 360]) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 800 })
      await page.goto(`${ui.url}/ui/tasks/${id}/output#L2`)
      await page.getByRole('searchbox').fill('a')
      await page.locator('.output-row mark').first().waitFor()
      assert.deepEqual(await violationsOf(page), [])
      assert.equal(await overflowOf(page), 0)
    }
  }
})

uiTest('what was left out is said in its place', async (_t, ui) => {
  await ui.core.setConfig({ namespace: 'limits', key: 'max_output_mb', value: 1 })
  const id = await ui.add('default', `seq -f 'line %08g of many' 400000; ${untilGo('end')}`)
  const page = await ui.open(`/ui/tasks/${id}`)
  await page.locator('.output-row').getByText('line 00400000').waitFor()
  await waitFor('it has been left out', async () => {
    const { left_out } = await ui.core.listOutputMarks({ id })
    return left_out.length > 0
  })
  go(ui, 'end')
  await page.locator('.task-head').getByText('succeeded').waitFor()
  await page.reload()
  await page.locator('.output-row').getByText('line 00400000').waitFor()
  await page.getByRole('region', { name: /^Output of/ }).press('Home')
  await lineOf(page, 1).getByText('line 00000001').waitFor()
  await page.getByRole('searchbox').fill('line 0')
  const told = await waitFor('all is searched', async () => {
    const text = await page.locator('.output-count').textContent()
    return text?.endsWith('lines') && text
  })
  await page.goto(`${ui.url}/ui/tasks/${id}/output#L20`)
  await page.getByRole('searchbox').fill('line 0')
  await page.locator('.output-count').getByText(told).waitFor()
  await page.locator('.output-row.chosen').getByText('line 00000020').waitFor()
  const kept = Number.parseInt(told, 10)
  assert.ok(kept > 20_000 && kept < 60_000, told)
  await page.getByRole('region', { name: /^Output of/ }).focus()
  const remark = page.locator('.output-row .remark')
  for (let pages = 0; pages < 60 && (await remark.count()) === 0; pages++) {
    await page.getByRole('searchbox').fill(`:${Math.round(kept / 2) - 1500 + pages * 50}`)
    await page.keyboard.press('Enter')
    await page.locator('.output-row.chosen').waitFor()
  }
  await page.getByText(/^… \d+(\.\d)? MB left out …$/).waitFor()
})
