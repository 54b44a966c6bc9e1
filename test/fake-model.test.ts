import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import { type FakeModel, startFakeModel } from '../test-agents/fake/model.ts'
import { readScript } from '../test-agents/fake/script.ts'

const noon = Date.UTC(2026, 10, 22, 12)

async function open(t: TestContext, clock = () => noon): Promise<FakeModel> {
  const model = await startFakeModel({ clock })
  t.after(() => model.close())
  return model
}

/** Posts a request; an event stream comes as the data of its events. */
async function post(url: string, body: unknown) {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) })
  const text = await response.text()
  const events = text.split('\n').filter(line => line.startsWith('data: '))
  return {
    ...{ status: response.status, headers: response.headers, text },
    events: events.map(line => JSON.parse(line.slice('data: '.length))),
  }
}

type Said = { role: string; content: unknown }

const askClaude = (model: FakeModel, ...said: (Said | string)[]) =>
  post(`${model.url}/v1/messages`, {
    ...{ model: 'claude-haiku', stream: true, tools: [{ name: 'Bash' }, { name: 'mcp__sparkq__claim' }] },
    messages: said.map(it => (typeof it === 'string' ? { role: 'user', content: it } : it)),
  })

const askCodex = (model: FakeModel, ...input: (Record<string, unknown> | string)[]) =>
  post(`${model.url}/v1/responses`, {
    ...{ model: 'gpt', stream: true, tools: [{ type: 'function', name: 'exec_command' }] },
    input: input.map(it => (typeof it === 'string' ? { role: 'user', content: [{ text: it }] } : it)),
  })

const askGemini = (model: FakeModel, ...contents: Record<string, unknown>[]) =>
  post(`${model.url}/v1beta/models/flash:streamGenerateContent?alt=sse`, {
    contents,
    tools: [{ functionDeclarations: [{ name: 'run_shell_command' }] }],
  })

test('a script is the last directives of a prompt', () => {
  assert.deepEqual(readScript('Earlier:\n  @say one\nNow this:\n@shell ls -a\n\n@say two\n'), [
    { name: 'shell', rest: 'ls -a' },
    { name: 'say', rest: 'two' },
  ])
  assert.deepEqual(readScript('Write to me@say.example, @nobody'), [])
})

test('Claude is told to use its shell, then gets its answer', async t => {
  const model = await open(t)
  const prompt = 'Look around:\n@shell ls\n@say seen'
  const first = await askClaude(model, prompt)
  assert.deepEqual(
    first.events.map(event => event.type),
    [
      ...['message_start', 'content_block_start', 'content_block_delta', 'content_block_stop'],
      ...['message_delta', 'message_stop'],
    ],
  )
  const call = first.events[1].content_block
  assert.equal(call.name, 'Bash')
  assert.equal(JSON.parse(first.events[2].delta.partial_json).command, 'ls')
  assert.deepEqual(first.events[4].delta, { stop_reason: 'tool_use', stop_sequence: null })

  const result = { type: 'tool_result', tool_use_id: call.id, content: 'a.txt' }
  const used = { role: 'assistant', content: [call] }
  const second = await askClaude(model, prompt, used, { role: 'user', content: [result] })
  assert.equal(second.events[2].delta.text, 'seen')
  assert.equal(second.events[4].delta.stop_reason, 'end_turn')
  assert.equal(second.events[4].usage.output_tokens, 20)
})

test('a script that ends with a tool says what came of it', async t => {
  const model = await open(t)
  const call = { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1' }] }
  const result = {
    type: 'tool_result',
    tool_use_id: 'toolu_1',
    content: [{ type: 'text', text: 'a.txt\nb' }],
  }
  const claimed = await askClaude(model, '@call claim {"queue":"docs"}')
  assert.equal(claimed.events[1].content_block.name, 'mcp__sparkq__claim')
  assert.deepEqual(JSON.parse(claimed.events[2].delta.partial_json), { queue: 'docs' })
  const done = await askClaude(model, '@call claim {}', call, { role: 'user', content: [result] })
  assert.equal(done.events[2].delta.text, 'done: a.txt')
})

test('Codex is told to use its shell, then gets its answer', async t => {
  const model = await open(t)
  const first = await askCodex(model, '@shell ls\n@say seen')
  const { item } = first.events.find(event => event.type === 'response.output_item.done')
  assert.deepEqual([item.type, item.name, item.arguments], ['function_call', 'exec_command', '{"cmd":"ls"}'])
  const output = { type: 'function_call_output', call_id: item.call_id, output: 'Exit: 0\nOutput:\na.txt' }
  const second = await askCodex(model, '@shell ls\n@say seen', item, output)
  const { response } = second.events.at(-1)
  assert.equal(response.output[0].content[0].text, 'seen')
  assert.equal(response.usage.total_tokens, 120)
  const third = await askCodex(model, '@shell ls', item, output)
  assert.equal(third.events.at(-1).response.output[0].content[0].text, 'done: a.txt')
})

test('Gemini is told to use its shell, then gets its answer', async t => {
  const model = await open(t)
  const prompt = { role: 'user', parts: [{ text: '@shell ls\n@say seen' }] }
  const first = await askGemini(model, prompt)
  const [{ functionCall }] = first.events[0].candidates[0].content.parts
  assert.deepEqual([functionCall.name, functionCall.args], ['run_shell_command', { command: 'ls' }])
  const result = { functionResponse: { name: functionCall.name, response: { output: 'a.txt' } } }
  const call = { role: 'model', parts: [{ functionCall }] }
  const second = await askGemini(model, prompt, call, { role: 'user', parts: [result] })
  assert.equal(second.events[0].candidates[0].content.parts[0].text, 'seen')
})

test('a usage limit is the account’s, and over at its reset', async t => {
  let now = noon
  const model = await open(t, () => now)
  const hit = await askClaude(model, '@limit 20\n@say later')
  assert.equal(hit.status, 429)
  assert.equal(hit.headers.get('anthropic-ratelimit-unified-status'), 'rejected')
  assert.equal(hit.headers.get('anthropic-ratelimit-unified-reset'), String(noon / 1000 + 20))
  assert.equal((await askClaude(model, '@say another lane')).status, 429)
  assert.equal((await askCodex(model, '@say another provider')).status, 200)
  now += 20_000
  assert.equal((await askClaude(model, '@limit 20\n@say later')).events[2].delta.text, 'later')
})

test('a weekly limit of Codex says when it ends', async t => {
  const model = await open(t)
  const { status, headers, text } = await askCodex(model, '@limit 300 weekly')
  const { error } = JSON.parse(text)
  assert.deepEqual(
    [status, error.type, error.resets_at, error.resets_in_seconds],
    [429, 'usage_limit_reached', noon / 1000 + 300, 300],
  )
  assert.equal(headers.get('x-codex-primary-window-minutes'), '10080')
})

test('a logged-out account stays so until somebody logs in', async t => {
  const model = await open(t)
  assert.equal((await askCodex(model, '@logout\n@say in again')).status, 401)
  assert.equal((await askCodex(model, '@say me too')).status, 401)
  model.mend('codex')
  assert.equal((await askCodex(model, '@logout\n@say in again')).status, 200)
})

test('faults that pass are counted, those that stay are not', async t => {
  const model = await open(t)
  const statuses = async (prompt: string) =>
    [await askClaude(model, prompt), await askClaude(model, prompt)].map(({ status }) => status)
  assert.deepEqual(await statuses('@overload 1\n@say fine'), [529, 200])
  assert.deepEqual(await statuses('@status 503'), [503, 503])
  assert.deepEqual(await statuses('@no-credit'), [400, 400])
  await assert.rejects(askClaude(model, '@cut'))
})

test('who wants to leave this machine is refused and written down', async t => {
  const model = await open(t)
  const socket = connect(Number(new URL(model.url).port), '127.0.0.1')
  socket.write('CONNECT api.example:443 HTTP/1.1\r\nHost: api.example:443\r\n\r\n')
  const answer = (await socket.setEncoding('utf8').toArray()).join('')
  assert.match(answer, /^HTTP\/1.1 403/)
  assert.deepEqual(model.outside, ['api.example:443'])
})
