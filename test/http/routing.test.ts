import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { type Operation, operations } from '../../src/contract/operations.ts'
import { openProject } from '../support/project.ts'
import { problemOf, type RawAnswer, send } from './raw.ts'
import { serve } from './serve.ts'

async function open(t: TestContext, options: Parameters<typeof serve>[2] = {}) {
  const { core } = openProject(t)
  const serving = await serve(t, core, options)
  const ask = (method: string, path: string, more?: Parameters<typeof send>[3]) =>
    send(serving.port, method, path, more)
  await core.createSession({ name: 's' })
  await core.createQueue({ session_id: 's', name: 'auth' })
  return { core, ask, ...serving }
}

function isProblem(answer: RawAnswer, status: number, code: string): void {
  const problem = problemOf(answer)
  assert.equal(answer.status, status, answer.body.toString())
  assert.match(answer.headers['content-type'] ?? '', /^application\/problem\+json/)
  assert.deepEqual([problem.status, problem.code], [status, code])
  for (const part of ['type', 'title', 'detail'] as const) assert.equal(typeof problem[part], 'string')
}

const at = (path: string) => path.replaceAll('{id}', 'nothing').replaceAll('{attempt}', '1')

test('every row of the table has its route', async t => {
  const { ask } = await open(t)
  for (const [name, operation] of Object.entries(operations) as [string, Operation][]) {
    const { method, path } = operation
    const answer = await ask(method, at(path), method === 'GET' ? {} : { json: {} })
    const { code, detail = '' } = problemOf(answer)
    assert.notEqual(answer.status, 405, name)
    assert.ok(!(code === 'not_found' && detail.startsWith('There is nothing')), `${name}: ${detail}`)
    assert.ok(answer.status < 500, `${name}: ${detail}`)
  }
})

describe('where there is nothing', () => {
  const nowhere = ['/nope', '/api', '/api/', '/api/tasks/AUTH-1/nope', '/ui/nope', '/API/tasks']
  for (const path of nowhere) {
    test(`${path} is not found`, async t => {
      const { ask } = await open(t)
      isProblem(await ask('GET', path), 404, 'not_found')
      isProblem(await ask('POST', path, { json: { a: 1 } }), 404, 'not_found')
    })
  }

  for (const [method, path, allow] of [
    ['DELETE', '/api/tasks', 'GET, HEAD, POST'],
    ['PUT', '/api/queues/auth/claim', 'POST'],
    ['GET', '/api/tasks/AUTH-1/complete', 'POST'],
    ['POST', '/api/events', 'GET, HEAD'],
    ['PATCH', '/api/tasks/AUTH-1', 'DELETE, GET, HEAD, PUT'],
    ['OPTIONS', '/health', 'GET, HEAD'],
  ] as const) {
    test(`${method} ${path} is not allowed; what is, is said`, async t => {
      const { ask } = await open(t)
      const answer = await ask(method, path)
      isProblem(answer, 405, 'method_not_allowed')
      assert.deepEqual((answer.headers.allow ?? '').split(', ').sort(), allow.split(', '))
    })
  }
})

describe('bodies', () => {
  const refusals: [string, Parameters<typeof send>[3], number, string][] = [
    ['no JSON at all', { body: 'name=x', headers: { 'Content-Type': 'application/json' } }, 400, 'invalid'],
    [
      'JSON that is cut off',
      { body: '{"name": ', headers: { 'Content-Type': 'application/json' } },
      400,
      'invalid',
    ],
    ['JSON after JSON', { body: '{} {}', headers: { 'Content-Type': 'application/json' } }, 400, 'invalid'],
    [
      'bytes that are not UTF-8',
      { body: Buffer.from('{"name":"\xff"}', 'latin1'), headers: { 'Content-Type': 'application/json' } },
      400,
      'invalid',
    ],
    ['a list', { json: [] }, 400, 'invalid'],
    ['null', { json: null }, 400, 'invalid'],
    ['a text', { json: 'name' }, 400, 'invalid'],
    ['nothing where something is needed', {}, 400, 'invalid'],
    [
      'a form',
      { body: 'name=x', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } },
      415,
      'unsupported_media_type',
    ],
    [
      'plain text',
      { body: '{"name":"x"}', headers: { 'Content-Type': 'text/plain' } },
      415,
      'unsupported_media_type',
    ],
    ['no type', { body: '{"name":"x"}' }, 415, 'unsupported_media_type'],
    ['more than is taken', { json: { name: 'x'.repeat(5000) } }, 413, 'too_large'],
  ]
  for (const [what, request, status, code] of refusals) {
    test(`${what} is refused`, async t => {
      const { ask, core } = await open(t, { bodyLimit: 4096 })
      isProblem(await ask('POST', '/api/sessions', request), status, code)
      assert.equal((await core.listSessions()).sessions.length, 1)
    })
  }

  test('a body without a length is capped too, and the server lives on', async t => {
    const { ask, errors } = await open(t, { bodyLimit: 4096 })
    const json = { name: 'x'.repeat(5000) }
    const headers = { 'Transfer-Encoding': 'chunked', 'Content-Type': 'application/json' }
    const answer = await ask('POST', '/api/sessions', { body: JSON.stringify(json), headers })
    isProblem(answer, 413, 'too_large')
    assert.equal((await ask('GET', '/health')).status, 200)
    assert.deepEqual(errors, [])
  })

  test('JSON that nests without end is refused before anything walks through it', async t => {
    const { ask, core, errors } = await open(t)
    await core.createTask({ queue_id: 'auth', tool_name: 'run-bash', payload: { command: 'true' } })
    await core.claimTask({ id: 'auth' })
    const headers = { 'Content-Type': 'application/json' }
    const complete = (depth: number) => {
      const body = `{"result_summary":"[[[","result_data":${'['.repeat(depth)}${']'.repeat(depth)}}`
      return ask('POST', '/api/tasks/AUTH-1/complete', { body, headers })
    }
    isProblem(await complete(100_000), 400, 'invalid')
    assert.deepEqual(errors, [])
    assert.equal((await complete(150)).status, 200)
  })

  test('an empty body says nothing, where nothing need be said', async t => {
    const { ask, core } = await open(t)
    await core.createTask({ queue_id: 'auth', tool_name: 'run-bash', payload: { command: 'true' } })
    assert.equal((await ask('POST', '/api/tasks/AUTH-1/cancel')).status, 200)
    assert.equal((await ask('DELETE', '/api/tasks/AUTH-1')).status, 200)
  })

  test('a body does not repeat what the path says', async t => {
    const { ask } = await open(t)
    const answer = await ask('PUT', '/api/queues/auth', { json: { id: 'auth', name: 'b' } })
    isProblem(answer, 400, 'invalid')
    assert.equal(problemOf(answer).errors[0]?.pointer, '/id')
  })
})

describe('fields', () => {
  const refusals: [string, string, string][] = [
    ['an unknown field', '/api/tasks?nonsense=1', '/nonsense'],
    ['a field that is given twice', '/api/tasks?limit=1&limit=2', '/limit'],
    ['a number in words', '/api/tasks?limit=ten', '/limit'],
    ['a number with a sign', '/api/tasks?limit=%2B5', '/limit'],
    ['a number with an exponent', '/api/tasks?limit=1e2', '/limit'],
    ['a fraction for a whole number', '/api/tasks?limit=1.5', '/limit'],
    ['an empty number', '/api/tasks?limit=', '/limit'],
    ['a number with a space', '/api/tasks?limit=%205', '/limit'],
    ['yes for true', '/api/queues?archived=yes', '/archived'],
    ['1 for true', '/api/queues?archived=1', '/archived'],
    ['a status that is none', '/api/tasks?status=done', '/status'],
    ['__proto__', '/api/tasks?__proto__=1', '/__proto__'],
    ['a field of the path', '/api/tasks/AUTH-1?id=AUTH-2', '/id'],
    ['an attempt that is no number', '/api/tasks/AUTH-1/output?stream=stdout&attempt=one', '/attempt'],
    ['a following that is neither', '/api/tasks/AUTH-1/output?stream=stdout&follow=1', '/follow'],
  ]
  for (const [what, path, pointer] of refusals) {
    test(`${what} in a query is refused, with its place`, async t => {
      const { ask } = await open(t)
      const answer = await ask('GET', path)
      isProblem(answer, 400, 'invalid')
      assert.ok(
        problemOf(answer).errors.some(it => it.pointer === pointer),
        answer.body.toString(),
      )
    })
  }

  test('a number in a path is converted, and what is none is refused', async t => {
    const { ask } = await open(t)
    const json = { cause: 'cancelled' }
    const answer = await ask('POST', '/api/tasks/AUTH-1/attempts/one/stop', { json })
    isProblem(answer, 400, 'invalid')
    assert.equal(problemOf(answer).errors[0]?.pointer, '/attempt')
    isProblem(await ask('POST', '/api/tasks/AUTH-1/attempts/1/stop', { json }), 404, 'not_found')
  })

  test('what changes something takes no query', async t => {
    const { ask, core } = await open(t)
    isProblem(await ask('POST', '/api/sessions?name=x', { json: { name: 'y' } }), 400, 'invalid')
    isProblem(await ask('DELETE', '/api/queues/auth?cancel_running=true'), 400, 'invalid')
    assert.equal((await core.listQueues()).queues.length, 1)
  })

  test('a query that is not well-formed is refused', async t => {
    const { ask } = await open(t)
    for (const query of ['q=%', 'q=%zz', 'q=%ff'])
      isProblem(await ask('GET', `/api/tasks?${query}`), 400, 'invalid')
  })

  test('a name in a path is decoded once', async t => {
    const { ask, core } = await open(t)
    for (const name of ['a b', '100%', '%41', 'a+b', 'é?#&', 'x:y']) {
      await core.createQueue({ session_id: 's', name })
      const answer = await ask('GET', `/api/queues/${encodeURIComponent(name)}`)
      assert.equal((answer.json as { queue: { name: string } }).queue?.name, name)
    }
    const answer = await ask('GET', '/api/tasks?queue_id=a+b')
    assert.deepEqual(answer.json, { tasks: [], next_cursor: null })
  })

  test('paths that can be read in two ways are refused', async t => {
    const { ask } = await open(t)
    const paths = [
      '/api/tasks/..',
      '/api/%2e%2e/x',
      '/api/queues/a%2Fb',
      '/api/queues/a%5cb',
      '/api\\tasks',
      '/api/queues/%00',
    ]
    for (const path of [...paths, '/api/queues/%zz', '/api//tasks'])
      isProblem(await ask('GET', path), 400, 'invalid')
  })
})

describe('answers', () => {
  test('what is made is answered with 201 and where it is', async t => {
    const { ask } = await open(t)
    const task = { queue_id: 'auth', tool_name: 'run-bash', payload: { command: 'true' } }
    for (const [path, json, key] of [
      ['/api/sessions', { name: 'new' }, 'session'],
      ['/api/queues', { name: 'new', session_id: 's' }, 'queue'],
      ['/api/tasks', task, 'task'],
    ] as const) {
      const { status, headers, json: answer } = await ask('POST', path, { json })
      const made = (answer as Record<string, { id: string }>)[key]
      assert.deepEqual([status, headers.location], [201, `${path}/${made?.id}`])
      assert.deepEqual((await ask('GET', headers.location ?? '')).status, 200)
    }
    const bulk = await ask('POST', '/api/tasks/bulk', { json: { tasks: [task] } })
    assert.deepEqual([bulk.status, bulk.headers.location], [201, undefined])
  })

  test('HEAD answers what GET would, without the body', async t => {
    const { ask } = await open(t)
    for (const path of ['/health', '/api/queues', '/docs', '/openapi.json', '/api/events', '/ui/']) {
      const head = await ask('HEAD', path)
      assert.deepEqual([head.status, head.body.length], [200, 0], path)
    }
    assert.equal((await ask('HEAD', '/nope')).status, 404)
  })

  test('nothing is kept in any cache', async t => {
    const { ask } = await open(t)
    for (const path of ['/api/queues', '/nope', '/health']) {
      assert.equal((await ask('GET', path)).headers['cache-control'], 'no-store')
    }
  })

  test('a refusal carries pointers and the next command', async t => {
    const { ask } = await open(t)
    const wrong = problemOf(await ask('POST', '/api/tasks', { json: { timeout: 0, nonsense: 1 } }))
    assert.deepEqual(wrong.errors.map(it => it.pointer).sort(), [
      '/nonsense',
      '/payload',
      '/queue_id',
      '/timeout',
    ])
    assert.equal(problemOf(await ask('GET', '/api/tasks/AUTH-9')).hint, 'sparkq tasks')
  })

  test('what breaks inside is answered as that alone, and told to the log', async t => {
    const { core } = openProject(t)
    const secret = new Error('SELECT * FROM secrets')
    const broken = { ...core, getHealth: () => Promise.reject(secret) }
    const { port, errors } = await serve(t, broken)
    const answer = await send(port, 'GET', '/health')
    isProblem(answer, 500, 'internal')
    assert.doesNotMatch(answer.body.toString(), /SELECT|Error:/)
    assert.deepEqual(errors, [secret])
  })
})
