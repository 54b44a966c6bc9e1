import assert from 'node:assert/strict'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import { type TestContext, test } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import { type ServerSite, serverSite } from '../server/support.ts'
import { openChromium } from '../support/chromium.ts'

export type Ui = ServerSite & {
  browser: BrowserContext
  /** Where the pages are: `http://127.0.0.1:PORT`. */
  url: string
  /** A new tab at this address. What the browser complains of in it fails the test. */
  open(address: string): Promise<Page>
  add(queue: string, command: string): Promise<string>
  /** The server goes, and leaves its runners to end; nothing listens meanwhile. */
  stopServer(): Promise<void>
  /** At the same address. */
  startServer(): Promise<void>
}

/** A test with a server that keeps a runner on every lane, and a browser; skipped where there is none. */
export function uiTest(
  name: string,
  run: (t: TestContext, ui: Ui) => Promise<void>,
  files: Record<string, string> = {},
): void {
  test(name, async t => {
    const opened = await openUi(t, files)
    if (!opened) return
    try {
      await run(t, opened.ui)
    } finally {
      await opened.end()
    }
    assert.deepEqual(opened.complaints, [])
  })
}

async function openUi(t: TestContext, files: Record<string, string>) {
  const browser = await openChromium(t)
  if (!browser) return undefined
  const at = await serverSite(t, files)
  const started = await at.sparkq(['start', '--all'])
  assert.equal(started.code, 0, started.stderr)
  const url = (await at.running()).address
  const complaints: string[] = []
  let isUp = true
  const stop = async () => {
    isUp = false
    const stopped = await at.sparkq(['stop'])
    assert.equal(stopped.code, 0, stopped.stderr)
  }
  const ui: Ui = {
    ...at,
    browser,
    url,
    open: async address => {
      const page = await browser.newPage()
      page.on('pageerror', error => complaints.push(`${page.url()}: ${error.message}`))
      page.on('console', message => {
        // A server that is down, or something that has been deleted, is met with a line of the browser's own.
        const isExpected = /^Failed to load resource/.test(message.text())
        if (['error', 'warning'].includes(message.type()) && !isExpected) complaints.push(message.text())
      })
      await page.goto(url + address)
      return page
    },
    add: async (queue, command) => {
      const { task } = await at.core.createTask({
        queue_id: queue,
        tool_name: 'run-bash',
        payload: { command },
      })
      return task.friendly_id
    },
    stopServer: stop,
    startServer: async () => {
      const again = await at.sparkq(['start', '--all', '--port', new URL(url).port])
      assert.equal(again.code, 0, again.stderr)
      isUp = true
    },
  }
  const end = async () => {
    if (isUp) await stop()
  }
  return { ui, end, complaints }
}

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe finds wrong with a page, a line for each. */
export async function violationsOf(page: Page): Promise<string[]> {
  const { violations } = (await page.evaluate(`${axe}; axe.run()`)) as {
    violations: { id: string; nodes: { html: string }[] }[]
  }
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`))
}

/** How far the page is wider than the window. */
export const overflowOf = (page: Page): Promise<number> =>
  page.evaluate('Math.max(0, document.documentElement.scrollWidth - innerWidth)')
