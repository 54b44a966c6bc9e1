import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Case, expected, fetches, hosts, methods, origins, paths, types } from './oracle.ts'
import { assertRefused, assertSafeHeaders, dial, request, startGuarded } from './support.ts'

const allowedHosts = ['sparkq.example', 'Tunnel.Example:8443']

test('who may come in is as the table says', async t => {
  const guarded = await startGuarded(t, { allowedHosts })
  const cases = [...rows(guarded.port)]
  const line = await dial(guarded.port)
  t.after(line.close)
  const verdicts = new Map<number, number>()
  for (const row of cases) {
    const status = expected(row)
    const about = JSON.stringify(row)
    guarded.entered.length = 0
    const answer = await line.ask(bytesOf(row))
    if (status === 200) {
      assert.equal(answer?.status, 200, `${about}: ${answer?.body}`)
      assertSafeHeaders(answer, about)
    } else assertRefused(answer, status, about)
    assert.equal(guarded.entered.length, status === 200 ? 1 : 0, about)
    verdicts.set(status, (verdicts.get(status) ?? 0) + 1)
  }
  t.diagnostic(`${cases.length} rows: ${JSON.stringify(Object.fromEntries(verdicts))}`)
  for (const status of [200, 400, 403, 415]) assert.ok((verdicts.get(status) ?? 0) > 100, `${status} is rare`)
})

/** All pairs of interest: every host with every method, and with ours the whole product of the rest. */
function* rows(port: number): Generator<Case> {
  const [anHost] = hosts(port)
  const [noOrigin, ownOrigin] = origins(port)
  const [json, , noType] = types
  const [api] = paths
  if (!anHost || !noOrigin || !ownOrigin || !json || !noType || !api) throw new Error('an empty list')
  const plain = { host: anHost, origin: noOrigin, fetch: {}, type: json, path: api }
  const pages = fetches.filter(({ mode }) => mode === undefined || mode === 'navigate')
  for (const host of hosts(port)) {
    for (const method of methods) {
      for (const origin of [noOrigin, ownOrigin]) {
        for (const type of [json, noType]) {
          for (const fetch of [{}, { site: 'same-origin' }, { site: 'cross-site' }]) {
            yield { ...plain, host, method, origin, type, fetch }
          }
        }
      }
    }
  }
  for (const origin of origins(port)) {
    for (const method of methods) {
      for (const fetch of pages) yield { ...plain, origin, method, fetch }
    }
  }
  for (const fetch of fetches) {
    for (const path of paths) {
      for (const method of methods) yield { ...plain, fetch, path, method }
    }
  }
  for (const type of types) {
    for (const method of methods) {
      for (const path of paths) yield { ...plain, type, method, path }
    }
  }
}

function bytesOf({ host, origin, fetch, method, type, path }: Case): string {
  const named = [host.text].flat().filter(text => text !== undefined)
  const first = [`${method} ${path.text} HTTP/1.1`, ...named.map(text => `Host: ${text}`)]
  const rest = request('', {
    Origin: origin.text,
    'Sec-Fetch-Site': fetch.site,
    'Sec-Fetch-Mode': fetch.mode,
    'Sec-Fetch-Dest': fetch.dest,
    'Content-Type': type.text,
  })
  return [...first, rest.slice(rest.indexOf('\r\n') + 2)].join('\r\n')
}
