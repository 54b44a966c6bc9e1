import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import { readProject } from '../../src/config.ts'
import type { Api } from '../../src/contract/api.ts'
import { createHttpServer } from '../../src/http/server.ts'
import { readUi } from '../../src/http/ui-files.ts'
import { serve } from '../../src/serve.ts'
import { openChromium } from '../support/chromium.ts'
import { stopThenRemove } from '../support/folder.ts'
import { openProject } from '../support/project.ts'
import { attackPage, startAttacker, startVictim } from './attackers.ts'

const config = 'server: {port: 0, host: 127.0.0.1}\n'
/**
 * Chromium of late keeps a page that came over plain HTTP from asking this machine, whatever its name. Other browsers
 * do not, so it must not be what the defence rests on.
 */
const rebinding = [
  '--host-resolver-rules=MAP evil.test 127.0.0.1',
  '--disable-features=LocalNetworkAccessChecks,HttpsUpgrades',
]

/** A project with something to steal and something to destroy. */
async function treasure(t: TestContext) {
  const opened = openProject(t, { config })
  const { core } = opened
  await core.createSession({ name: 'secret-session' })
  await core.createQueue({ session_id: 'secret-session', name: 'secret-lane' })
  const payload = { command: 'echo secret' }
  await core.createTask({ queue_id: 'secret-lane', tool_name: 'run-bash', payload })
  return opened
}

async function open(t: TestContext) {
  const { project, core } = await treasure(t)
  const serving = await serve({ project: readProject(project.configFile) })
  t.after(() => stopThenRemove(serving.stop, project.root))
  const refusalsIn = (log: string): Record<string, number> => {
    const counts: Record<string, number> = {}
    for (const [, reason = '', count] of log.matchAll(/request\.refused .*?reason=(\S+) count=(\d+)/g)) {
      counts[reason] = (counts[reason] ?? 0) + Number(count)
    }
    return counts
  }
  return {
    core,
    port: serving.port,
    url: `http://127.0.0.1:${serving.port}`,
    /** How many were turned away, by reason. The server is stopped for it: then all of them are written down. */
    refusals: async () => {
      await serving.stop()
      return refusalsIn(fs.readFileSync(path.join(project.logs, 'sparkq.log'), 'utf8'))
    },
  }
}

/** The same without the guard. */
async function openUnguarded(t: TestContext) {
  const { core } = await treasure(t)
  const guard = { wrap: <T>(handler: T) => handler, install: () => {} }
  const server = await createHttpServer({ api: core, guard, onError: () => {}, version: '0.0.0-test' })
  t.after(() => server.close())
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 })
  return { core, port }
}

/** Everything that somebody could have changed, and that there was a change. */
const everything = async (api: Api): Promise<unknown> => ({
  sessions: await api.listSessions(),
  queues: await api.listQueues({ archived: true }),
  tasks: await api.listTasks(),
  events: await api.listEvents({ limit: 500 }),
})

type Outcomes = Record<string, string>

/** A script and a style sheet of ours, as they are called in this build. */
const files = {
  script: requireAsset(/\/early-.*\.js$/),
  style: requireAsset(/\.css$/),
}

function requireAsset(pattern: RegExp): string {
  const found = readUi()?.assets.find(({ url }) => pattern.test(url))
  assert.ok(found, 'npm run build has made it')
  return found.url
}

async function attack(page: Page, target: string): Promise<Outcomes> {
  return (await page.evaluate(`attack(${JSON.stringify(target)}, ${JSON.stringify(files)})`)) as Outcomes
}

async function attackFrom(browser: BrowserContext, from: string, target: string): Promise<Outcomes> {
  const page = await browser.newPage()
  await page.goto(from)
  return attack(page, target)
}

/** What all pages and frames show that the browser has open. */
async function shown(browser: BrowserContext): Promise<string[]> {
  const frames = browser.pages().flatMap(page => page.frames())
  return Promise.all(frames.map(frame => frame.locator('body').innerText()))
}

/** What a page elsewhere can get a browser to send, one line for each. */
const sent = [
  'GET /api/sessions empty',
  'GET /api/sessions empty',
  'GET /api/tasks/SECRET-LANE-1/output empty',
  'POST /api/sessions text/plain empty',
  'POST /api/sessions text/plain empty',
  'POST /api/purge empty',
  'OPTIONS /api/sessions empty',
  'POST /api/sessions text/plain empty',
  'POST /api/sessions text/plain empty',
  'OPTIONS /api/queues/secret-lane/pause empty',
  'OPTIONS /api/tasks/SECRET-LANE-1 empty',
  'POST /api/sessions text/plain empty',
  'OPTIONS /api/sessions empty',
  'POST /api/sessions application/x-www-form-urlencoded iframe',
  'POST /api/sessions text/plain iframe',
  'POST /api/sessions multipart/form-data iframe',
  'POST /api/sessions text/plain document',
  'GET /api/sessions document',
  'GET /api/queues/secret-lane image',
  'GET /api/sessions script',
  `GET ${files.script} script`,
  `GET ${files.style} style`,
  'GET /api/events empty',
  'GET /api/events',
  'GET /ui/ iframe',
  'GET /api/sessions iframe',
  'GET /api/sessions empty',
  'POST /api/sessions text/plain empty',
]

/** What comes of it at a server that has no guard, but is of another origin. */
const unhindered: Outcomes = {
  'fetch GET': 'TypeError',
  'fetch GET no-cors': 'opaque 0: ',
  'fetch GET output': 'opaque 0: ',
  'fetch POST text/plain': 'TypeError',
  'fetch POST text/plain no-cors': 'opaque 0: ',
  'fetch POST empty no-cors': 'opaque 0: ',
  'fetch POST JSON': 'TypeError',
  'fetch POST JSON no-cors': 'opaque 0: ',
  'fetch POST by redirect': 'opaque 0: ',
  'fetch PUT': 'TypeError',
  'fetch DELETE': 'TypeError',
  'beacon text': 'true',
  'beacon JSON': 'true',
  'form urlencoded': 'SecurityError',
  'form text/plain': 'SecurityError',
  'form multipart': 'SecurityError',
  'form in a window': 'SecurityError',
  'window on data': 'SecurityError',
  image: 'loaded',
  script: 'loaded',
  'script of ours': 'loaded',
  stylesheet: 'loaded',
  EventSource: 'error',
  WebSocket: 'open',
  'frame of the page': 'SecurityError',
  'frame of data': 'SecurityError',
  nobody: 'TypeError, opaque ',
}

/** What comes of it at ours: the page does not even learn that something loaded. */
const refused: Outcomes = {
  ...Object.fromEntries(
    Object.entries(unhindered).map(([name, outcome]) => [
      name,
      name.startsWith('fetch') ? 'TypeError' : outcome,
    ]),
  ),
  'form in a window': 'out of reach',
  'window on data': 'out of reach',
  image: 'error',
  script: 'error',
  'script of ours': 'error',
  stylesheet: 'error',
  WebSocket: 'error',
  nobody: 'TypeError, TypeError',
}

test('the attacks are real: where nobody stops them, they arrive', async t => {
  const browser = await openChromium(t)
  if (!browser) return
  const attacker = await startAttacker(t)
  const victim = await startVictim(t)
  const target = `http://127.0.0.1:${victim.port}`
  const outcomes = await attackFrom(browser, `http://127.0.0.1:${attacker.port}/`, target)
  assert.deepEqual(outcomes, unhindered)
  assert.deepEqual(victim.arrived.toSorted(), sent.toSorted())
})

test('a page on another port of this machine neither changes nor learns anything', async t => {
  const browser = await openChromium(t)
  if (!browser) return
  const attacker = await startAttacker(t)
  const { core, port, url, refusals } = await open(t)
  const before = await everything(core)
  // The first and second are of the same site as their target, the third is of another one.
  const ways = [
    [`http://127.0.0.1:${attacker.port}/`, url],
    [`http://localhost:${attacker.port}/`, `http://localhost:${port}`],
    [`http://localhost:${attacker.port}/`, url],
  ] as const
  for (const [from, target] of ways) {
    assert.deepEqual(await attackFrom(browser, from, target), refused, `${from} → ${target}`)
  }
  const texts = await shown(browser)
  assert.doesNotMatch(texts.join('\n'), /secret|Lanes/)
  // The windows that were sent there, two by each.
  assert.equal(texts.filter(text => text.includes('A page of another site or port may not ask')).length, 6)
  assert.deepEqual(await everything(core), before)
  const counts = await refusals()
  assert.deepEqual(Object.keys(counts).sort(), ['cross_site', 'origin'])
  assert.equal(total(counts), ways.length * sent.length)
})

const total = (counts: Record<string, number>) => Object.values(counts).reduce((sum, count) => sum + count, 0)

/** The attacker's page as it came from evil.test before the name was bound to this machine. */
async function openRebound(browser: BrowserContext, port: number): Promise<Page> {
  const page = await browser.newPage()
  const url = `http://evil.test:${port}/kittens`
  await page.route(url, route => route.fulfill({ contentType: 'text/html', body: attackPage }))
  await page.goto(url)
  return page
}

test('rebinding is real: without the guard, a page whose name is bound to this machine reads and writes', async t => {
  const browser = await openChromium(t, rebinding)
  if (!browser) return
  const { core, port } = await openUnguarded(t)
  const outcomes = await attack(await openRebound(browser, port), `http://evil.test:${port}`)
  assert.match(outcomes['fetch GET'] ?? '', /^basic 200: .*secret-session/)
  assert.match(outcomes['fetch POST JSON'] ?? '', /^basic 201: .*pwned/)
  assert.match(outcomes['window on data'] ?? '', /^read: .*secret-session/)
  assert.equal(outcomes.EventSource, 'open')
  const { sessions } = await core.listSessions()
  assert.ok(sessions.some(({ name }) => name === 'pwned'))
})

test('a page whose name is bound to this machine neither changes nor learns anything', async t => {
  const browser = await openChromium(t, rebinding)
  if (!browser) return
  const { core, port, refusals } = await open(t)
  const before = await everything(core)
  const target = `http://evil.test:${port}`
  const visited = ['/', '/ui/', files.script, '/docs', '/api/tasks', '/api/queues']
  const page = await browser.newPage()
  for (const where of visited) {
    const response = await page.goto(target + where)
    assert.equal(response?.status(), 403, where)
    assert.match(await response.text(), /"The request is for \\"evil\.test:\d+\\", which is not known/, where)
  }
  const outcomes = await attack(await openRebound(browser, port), target)
  assert.deepEqual(Object.keys(outcomes), Object.keys(refused))
  for (const [name, outcome] of Object.entries(outcomes)) {
    // It is of one origin with what it asks, so it may read the answer: that it is refused, and nothing else.
    if (name.startsWith('fetch')) assert.match(outcome, /^basic 403: .*"The request is for/, name)
    assert.doesNotMatch(outcome, /secret|pwned|open|loaded/, name)
  }
  assert.doesNotMatch((await shown(browser)).join('\n'), /secret|Lanes/)
  assert.deepEqual(await everything(core), before)
  const { host = 0, ...others } = await refusals()
  assert.ok(host >= visited.length + sent.length, `${host}`)
  assert.deepEqual(others, {})
})

test('nor does a page of that name on another port, by either name of ours', async t => {
  const browser = await openChromium(t, rebinding)
  if (!browser) return
  const attacker = await startAttacker(t)
  const { core, port, url, refusals } = await open(t)
  const before = await everything(core)
  const from = `http://evil.test:${attacker.port}/`
  // A window is put out of reach only by an address that the browser trusts (Cross-Origin-Opener-Policy).
  const windows = { 'form in a window': 'SecurityError', 'window on data': 'SecurityError' }
  const outcomes = await attackFrom(browser, from, `http://evil.test:${port}`)
  assert.deepEqual(outcomes, { ...refused, ...windows })
  assert.deepEqual(await attackFrom(browser, from, url), refused)
  assert.doesNotMatch((await shown(browser)).join('\n'), /secret|Lanes/)
  assert.deepEqual(await everything(core), before)
  const { host = 0, ...others } = await refusals()
  // More than these: the browser asks for an icon of what it shows.
  assert.ok(host >= sent.length, `${host}`)
  assert.equal(total(others), sent.length)
})

test('the person comes in by the same browser', async t => {
  const browser = await openChromium(t)
  if (!browser) return
  const attacker = await startAttacker(t)
  const { core, url, refusals } = await open(t)
  const page = await browser.newPage()
  const complaints: string[] = []
  page.on('console', message => {
    if (message.location().url !== `${url}/favicon.ico`) complaints.push(message.text())
  })
  page.on('pageerror', error => complaints.push(error.message))

  await t.test('/ leads to the page with the lanes', async () => {
    await page.goto(url)
    await page.getByRole('main').getByRole('link', { name: 'secret-lane', exact: true }).waitFor()
    assert.equal(page.url(), `${url}/ui/`)
    assert.equal(await page.evaluate(`getComputedStyle(document.querySelector('.shell')).display`), 'grid')
  })

  await t.test('its scripts read and change', async () => {
    const read = await page.evaluate(`fetch('/api/queues').then(response => response.json())`)
    assert.deepEqual(read, JSON.parse(JSON.stringify(await core.listQueues())))
    const write = `fetch('/api/sessions', {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"name":"mine"}'
    }).then(response => response.status)`
    assert.equal(await page.evaluate(write), 201)
    assert.ok((await core.listSessions()).sessions.some(({ name }) => name === 'mine'))
    const listen = `new Promise((resolve, reject) => {
      const source = new EventSource('/api/events')
      source.onopen = () => { source.close(); resolve('open') }
      source.onerror = reject
    })`
    assert.equal(await page.evaluate(listen), 'open')
  })

  await t.test('/docs has its styles, and an address may be typed', async () => {
    await page.goto(`${url}/docs`)
    assert.match(await page.locator('h1').innerText(), /^SparkQ API/)
    assert.equal(await displayOf(page), 'flex')
    await page.goto(`${url}/api/queues`)
    assert.match(await page.locator('body').innerText(), /secret-lane/)
  })

  for (const name of ['127.0.0.1', 'localhost']) {
    for (const to of ['/', '/ui/']) {
      await t.test(`a link at ${name} leads to ${to}`, async () => {
        await page.goto(`http://${name}:${attacker.port}/link?to=${url}${to}`)
        await page.getByRole('link', { name: 'go' }).click()
        await page.getByRole('main').getByRole('link', { name: 'secret-lane', exact: true }).waitFor()
        assert.equal(page.url(), `${url}/ui/`)
      })
    }
  }

  assert.deepEqual(complaints, [])
  await t.test('a script that is not ours is kept from running, and the console says so', async () => {
    const inject = `document.body.append(Object.assign(document.createElement('script'), { textContent: 'globalThis.ran = 1' }))`
    await page.evaluate(inject)
    assert.equal(await page.evaluate('globalThis.ran'), undefined)
    assert.match(complaints.join('\n'), /Content Security Policy/)
  })
  assert.deepEqual(await refusals(), {})
})

/** Without the style sheet it is `block`. */
const displayOf = (page: Page) => page.evaluate('getComputedStyle(document.body).display')
