import assert from 'node:assert/strict'
import fs from 'node:fs'
import { type TestContext, test } from 'node:test'
import { attemptFiles } from '../../src/attempt-files/paths.ts'
import { openProject } from '../support/project.ts'
import { waitFor } from '../support/wait.ts'
import { connect, getText, problemOf, send } from './raw.ts'
import { serve } from './serve.ts'

async function open(t: TestContext) {
  const { core, project } = openProject(t)
  const serving = await serve(t, core)
  await core.createSession({ name: 's' })
  await core.createQueue({ session_id: 's', name: 'auth' })
  const add = async () =>
    (await core.createTask({ queue_id: 'auth', tool_name: 'run-bash', payload: { command: 'true' } })).task.id
  const claim = async () => {
    const { task } = await core.claimTask({ id: 'auth' })
    const files = attemptFiles(project.logs, task?.id as string, task?.attempt as number)
    fs.mkdirSync(files.folder, { recursive: true })
    return files
  }
  /** Hears what `follow` sends until it ends. */
  const follow = (path: string) => {
    const heard = { text: '', whole: undefined as boolean | undefined, status: 0 }
    const done = fetch(`${serving.url}${path}`).then(async response => {
      heard.status = response.status
      const decoder = new TextDecoder()
      try {
        for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
          heard.text += decoder.decode(chunk, { stream: true })
        }
        heard.whole = true
      } catch {
        heard.whole = false
      }
    })
    const has = (part: string) => waitFor(`${part} arrives`, () => heard.text.includes(part))
    return { heard, done, has }
  }
  return { core, add, claim, follow, ...serving }
}

test('bytes come as they were written, and say where they lie', async t => {
  const { add, claim, port } = await open(t)
  await add()
  const files = await claim()
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, at) => at))
  fs.writeFileSync(files.stdout, bytes)
  const answer = await send(port, 'GET', '/api/tasks/auth-1/output?stream=stdout&offset=10&limit=100')
  assert.deepEqual(answer.body, bytes.subarray(10, 110))
  assert.deepEqual(
    ['offset', 'next-offset', 'total', 'ended'].map(name => answer.headers[`sparkq-${name}`]),
    ['10', '110', '256', 'false'],
  )
  assert.deepEqual(
    ['content-type', 'x-content-type-options', 'content-security-policy'].map(name => answer.headers[name]),
    ['text/plain; charset=utf-8', 'nosniff', 'sandbox'],
  )
})

test('following goes on until the attempt has ended', async t => {
  const { core, add, claim, follow } = await open(t)
  await add()
  const files = await claim()
  fs.writeFileSync(files.stdout, 'one\n')
  const { heard, done, has } = follow('/api/tasks/AUTH-1/output?stream=stdout&follow=true')
  await has('one\n')
  fs.appendFileSync(files.stdout, 'two\n')
  await has('two\n')
  fs.appendFileSync(files.stdout, 'three\n')
  await core.completeTask({ id: 'AUTH-1', result_summary: 'Done.' })
  await done
  assert.deepEqual(heard, { text: 'one\ntwo\nthree\n', whole: true, status: 200 })
})

test('following begins where it is told to', async t => {
  const { core, add, claim, follow } = await open(t)
  await add()
  fs.writeFileSync((await claim()).stderr, 'one\ntwo\n')
  await core.completeTask({ id: 'AUTH-1', result_summary: 'Done.' })
  const { heard, done } = follow('/api/tasks/AUTH-1/output?stream=stderr&follow=true&offset=4')
  await done
  assert.equal(heard.text, 'two\n')
})

test('who follows a task that is still queued hears its first attempt, and no other', async t => {
  const { core, add, claim, follow } = await open(t)
  const id = await add()
  const { heard, done, has } = follow(`/api/tasks/${id}/output?stream=stdout&follow=true`)
  await waitFor('it is answered', () => heard.status === 200)
  fs.writeFileSync((await claim()).stdout, 'first')
  await has('first')
  await core.completeTask({ id, result_summary: 'Done.' })
  await done
  assert.equal(heard.text, 'first')
})

test('who follows a task that is cancelled before it ran hears nothing, to the end', async t => {
  const { core, add, follow } = await open(t)
  const id = await add()
  const { heard, done } = follow(`/api/tasks/${id}/output?stream=stdout&follow=true`)
  await waitFor('it is answered', () => heard.status === 200)
  await core.cancelTask({ id })
  await done
  assert.deepEqual(heard, { text: '', whole: true, status: 200 })
})

test('much output arrives whole, however slowly it is read', async t => {
  const { core, add, claim, port } = await open(t)
  await add()
  const bytes = Buffer.alloc(20 * 1024 * 1024, 'The quick brown fox. ')
  fs.writeFileSync((await claim()).stdout, bytes)
  await core.completeTask({ id: 'AUTH-1', result_summary: 'Done.' })
  const path = '/api/tasks/AUTH-1/output?stream=stdout&follow=true'
  const slow = connect(t, port, getText(path, port))
  await slow.has('The quick')
  slow.socket.pause()
  const { body } = await send(port, 'GET', path)
  assert.ok(body.equals(bytes))
  slow.socket.resume()
  await slow.has(/\r\n0\r\n\r\n$/)
})

test('what is cut off by the server’s end is not taken for the whole', async t => {
  const { server, add, claim, follow } = await open(t)
  await add()
  fs.writeFileSync((await claim()).stdout, 'one')
  const { heard, done, has } = follow('/api/tasks/AUTH-1/output?stream=stdout&follow=true')
  await has('one')
  await server.close()
  await done
  assert.equal(heard.whole, false)
})

test('a task that is deleted while it is followed ends it, and is no error inside', async t => {
  const { core, add, follow, errors } = await open(t)
  const id = await add()
  const { heard, done } = follow(`/api/tasks/${id}/output?stream=stdout&follow=true`)
  await waitFor('it is answered', () => heard.status === 200)
  await core.deleteTask({ id })
  await done
  assert.deepEqual([heard.whole, errors], [false, []])
})

test('what cannot be followed is refused as any other request', async t => {
  const { add, port } = await open(t)
  await add()
  const refusals: [string, number, string][] = [
    ['/api/tasks/AUTH-9/output?stream=stdout&follow=true', 404, 'not_found'],
    ['/api/tasks/AUTH-1/output?follow=true', 400, 'invalid'],
    ['/api/tasks/AUTH-1/output?stream=stdout&follow=true&limit=5', 400, 'invalid'],
    ['/api/tasks/AUTH-1/output?stream=stdout&follow=maybe', 400, 'invalid'],
  ]
  for (const [path, status, code] of refusals) {
    const answer = await send(port, 'GET', path)
    assert.deepEqual([answer.status, problemOf(answer).code], [status, code], path)
  }
})
