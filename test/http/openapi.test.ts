import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { test } from 'node:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import { type Operation, operations } from '../../src/contract/operations.ts'
import { buildOpenApi } from '../../src/http/openapi.ts'
import { version } from '../../src/version.ts'
import { openProject } from '../support/project.ts'
import { send } from './raw.ts'
import { serve } from './serve.ts'

const document = buildOpenApi('1.2.3')

test('the document is valid OpenAPI 3.1', async () => {
  const validator = new Validator()
  const { valid, errors } = await validator.validate(structuredClone(document) as never)
  assert.ok(valid, JSON.stringify(errors, null, 2))
  assert.equal(validator.version, '3.1')
})

test('every row of the table is in it, once, and answers what the row says', () => {
  const described = Object.entries(document.paths).flatMap(([at, methods]) =>
    Object.entries(methods).map(
      ([method, { operationId }]) => `${operationId} ${method.toUpperCase()} ${at}`,
    ),
  )
  const rows = (Object.entries(operations) as [string, Operation][]).map(
    ([name, row]) => `${name} ${row.method} ${row.path}`,
  )
  assert.deepEqual(described.toSorted(), [...rows, 'watchEvents GET /api/events'].toSorted())
  assert.deepEqual(Object.keys(document.paths['/api/tasks']?.post?.responses ?? {}), ['201', 'default'])
})

test('every reference leads somewhere', () => {
  const text = JSON.stringify(document)
  const known = [
    ...Object.keys(document.components.schemas).map(name => `#/components/schemas/${name}`),
    ...Object.keys(document.components.responses).map(name => `#/components/responses/${name}`),
  ]
  const referred = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(match => match[1] as string)
  assert.deepEqual(
    referred.filter(ref => !known.includes(ref)),
    [],
  )
  assert.deepEqual(
    known.filter(ref => !referred.includes(ref)),
    [],
    'and every name is used',
  )
})

test('an object of more than three fields is written down once', () => {
  const seen = new Map<string, number>()
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    const { type, properties } = value as { type?: string; properties?: object }
    if (type === 'object' && Object.keys(properties ?? {}).length > 3) {
      const text = JSON.stringify(value)
      seen.set(text, (seen.get(text) ?? 0) + 1)
    }
    for (const part of Object.values(value)) visit(part)
  }
  visit(document)
  assert.deepEqual(
    [...seen].filter(([, times]) => times > 1),
    [],
  )
})

test('docs/openapi.json is up to date', () => {
  const root = path.dirname(path.dirname(import.meta.dirname))
  const { status, stderr } = spawnSync(process.execPath, [path.join(root, 'dev/openapi.ts'), '--check'])
  assert.equal(status, 0, stderr.toString())
})

test('the server serves it, and a page of it', async t => {
  const { core } = openProject(t)
  const { port } = await serve(t, core, { version })
  const { json } = await send(port, 'GET', '/openapi.json')
  assert.deepEqual(json, JSON.parse(JSON.stringify(buildOpenApi(version))))
  const { body, headers } = await send(port, 'GET', '/docs')
  const html = body.toString()
  assert.match(headers['content-type'] ?? '', /^text\/html/)
  for (const [name, { path: at }] of Object.entries(operations)) {
    assert.ok(html.includes(`id="${name}"`), name)
    assert.ok(html.includes(at), at)
  }
  const anchors = new Set([...html.matchAll(/ id="([^"]+)"/g)].map(match => match[1]))
  const links = [...html.matchAll(/href="#([^"]+)"/g)].map(match => match[1])
  assert.deepEqual(
    links.filter(link => !anchors.has(link)),
    [],
  )
})

test('pages need nothing that the security policy forbids, and hold no data', async t => {
  const { core } = openProject(t)
  await core.createSession({ name: '<script>alert(1)</script>' })
  const { port } = await serve(t, core)
  for (const page of ['/docs', '/ui/']) {
    const { body, headers } = await send(port, 'GET', page)
    const html = body.toString()
    assert.match(String(headers['content-security-policy']), /default-src 'self'/)
    assert.doesNotMatch(html, /<style|style=| on\w+=|<script>|alert/)
    for (const match of html.matchAll(/(?:src|rel="stylesheet" href)="([^"]+)"/g)) {
      const file = match[1] as string
      const { status, headers } = await send(port, 'GET', file)
      assert.equal(status, 200, file)
      assert.match(headers['content-type'] ?? '', /^text\/(css|javascript)/)
    }
  }
})

test('the way to the home page is short', async t => {
  const { core } = openProject(t)
  const { port } = await serve(t, core)
  for (const at of ['/', '/ui']) {
    const { status, headers } = await send(port, 'GET', at)
    assert.deepEqual([status, headers.location], [308, '/ui/'])
  }
})
