import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openProject } from '../support/project.ts'
import { waitFor } from '../support/wait.ts'
import { connect, getText, send } from './raw.ts'
import { serve } from './serve.ts'

test('an answer on its way is finished; idle and silent connections end at once', async t => {
  const { core } = openProject(t)
  let release = () => {}
  let asked = false
  const held = new Promise<void>(resolve => {
    release = resolve
  })
  const listSessions = async () => {
    asked = true
    await held
    return core.listSessions()
  }
  const { server, port } = await serve(t, { ...core, listSessions })
  const idle = connect(t, port, getText('/health', port))
  await idle.has('{"status":"ok","space":null}')
  const silent = connect(t, port)
  const halfway = connect(t, port, 'GET /health HT')
  const waiting = connect(t, port, getText('/api/sessions', port))
  await waitFor('the call has begun', () => asked)
  const closed = server.close()
  await Promise.all([idle.closed, silent.closed, halfway.closed])
  assert.equal(waiting.socket.closed, false)
  release()
  await closed
  await waiting.closed
  assert.match(waiting.text(), /200 OK.*"sessions":\[\]/s)
  assert.equal(server.address(), null)
})

test('closing twice is closing once', async t => {
  const { core } = openProject(t)
  const { server } = await serve(t, core)
  await Promise.all([server.close(), server.close()])
})

test('a port that is taken is said, and another can be tried', async t => {
  const { core } = openProject(t)
  const first = await serve(t, core)
  await assert.rejects(serve(t, core, { port: first.port }), { code: 'EADDRINUSE' })
  await first.server.close()
  const { port } = await serve(t, core, { port: first.port })
  assert.equal((await send(port, 'GET', '/health')).status, 200)
})
