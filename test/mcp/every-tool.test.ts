import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import type { ReadResourceResult } from '@modelcontextprotocol/client'
import { begin } from '../cli/arrange.ts'
import { type Site, site } from '../cli/run-cli.ts'
import { call, reaches, refusal } from './reach.ts'

const names = [
  ...['wait_for_task', 'claim', 'peek', 'complete', 'fail', 'ask', 'enqueue'],
  ...['list_lanes', 'list_tasks', 'get_task', 'list_scripts'],
]

const instructions = 'Keep the public API as it is.\n\nRun `npm test` before you finish.'
const script =
  '#!/bin/bash\n# name: Deploy\n# description: Puts a branch on a host\n# inputs: branch, host (optional)\n'

async function arranged(t: Parameters<typeof site>[0]): Promise<Site> {
  const made = await site(t, { 'scripts/deploy.sh': script })
  await made.core.createQueue({ session_id: 'default', name: 'auth', instructions })
  return made
}

for (const { name, connect } of reaches) {
  describe(`over ${name}`, () => {
    test('every tool says what it takes and answers, strictly, and is loaded at once', async t => {
      const client = await connect(t, await arranged(t))
      const { tools } = await client.listTools()
      assert.deepEqual(
        tools.map(it => it.name),
        names,
      )
      for (const tool of tools) {
        assert.equal(tool.inputSchema.additionalProperties, false, tool.name)
        assert.equal(tool.outputSchema?.type, 'object', tool.name)
        assert.equal(tool._meta?.['anthropic/alwaysLoad'], true, tool.name)
        assert.equal(tool.annotations?.destructiveHint, false, tool.name)
        assert.equal(tool.annotations?.readOnlyHint, /^(peek|list|get)/.test(tool.name), tool.name)
        assert.ok((tool.description ?? '').length > 20, tool.name)
      }
      assert.match(client.getInstructions() ?? '', /wait_for_task/)
      assert.equal(client.getServerVersion()?.name, 'sparkq')
    })

    test('a lane is worked from the first task to the last', async t => {
      const { core, ...rest } = await arranged(t)
      const client = await connect(t, { core, ...rest })
      const { data: queued } = await call(client, 'enqueue', { lane: 'auth', prompt: 'Add refresh tokens' })
      assert.equal(queued.task.friendly_id, 'AUTH-1')
      assert.equal(queued.task.tool_name, 'llm-sonnet')
      await call(client, 'enqueue', {
        ...{ lane: 'auth', script_path: 'scripts/deploy.sh', args: ['main', 'a b'] },
        ...{ timeout: 60, cwd: 'scripts', env: { MODE: 'dry' } },
      })

      const { data: next, text: nextText } = await call(client, 'peek', { lane: 'auth' })
      assert.equal(next.task.status, 'queued')
      assert.match(nextText, /AUTH-1.*Keep the public API.*Add refresh tokens.*claim \{"lane":"auth"\}/s)

      const { data: taken, text } = await call(client, 'claim', { lane: 'auth' })
      assert.equal(taken.task.friendly_id, 'AUTH-1')
      assert.equal(taken.task.status, 'running')
      assert.equal(taken.instructions, instructions)
      assert.deepEqual(taken.next[0].arguments, { task: 'AUTH-1', attempt: 1, result_summary: '…' })
      assert.match(text, /^AUTH-1 is yours.*Keep the public API.*Add refresh tokens.*complete \{/s)
      const running = (await core.getTask({ id: 'AUTH-1' })).task
      assert.match(running.worker_id ?? '', /^test-client/)

      const done = { ...taken.next[0].arguments, result_summary: 'Added them.', result_data: { files: 3 } }
      const { data: finished } = await call(client, 'complete', done)
      assert.equal(finished.task.status, 'succeeded')
      assert.equal((await call(client, 'complete', done)).data.task.status, 'succeeded', 'the same again')
      assert.match(await refusal(client, 'complete', { ...done, result_summary: 'Other' }), /AUTH-1/)
      assert.deepEqual((await core.getTask({ id: 'AUTH-1' })).task.result_data, { files: 3 })

      const after = finished.next[0]
      assert.equal(after.tool, 'wait_for_task')
      const { data: second, text: secondText } = await call(client, 'wait_for_task', after.arguments)
      assert.equal(second.task.friendly_id, 'AUTH-2')
      assert.equal(second.instructions, null, 'they were seen')
      assert.match(secondText, /in scripts, with MODE=dry\..*\.\/scripts\/deploy\.sh main 'a b'/s)
      assert.doesNotMatch(secondText, /Keep the public API/)
      const { data: failed } = await call(client, 'fail', {
        ...{ task: 'AUTH-2', attempt: 1, error_message: 'The host is down.', error_detail: 'ECONNREFUSED' },
      })
      assert.equal(failed.task.status, 'failed')

      const { data: empty, text: emptyText } = await call(client, 'claim', { lane: 'auth' })
      assert.equal(empty.task, null)
      assert.equal(empty.none_because, 'empty')
      assert.match(emptyText, /Nothing to take in the lane "auth": it is empty/)
      assert.equal((await call(client, 'wait_for_task', { lane: 'auth', wait_s: 0 })).data.task, null)
    })

    test('the person is asked, and the answer comes with the next claim', async t => {
      const { core, ...rest } = await arranged(t)
      await core.createTask({ queue_id: 'auth', tool_name: 'llm-haiku', payload: { prompt: 'Migrate' } })
      await core.createTask({ queue_id: 'auth', tool_name: 'llm-haiku', payload: { prompt: 'Other' } })
      const client = await connect(t, { core, ...rest })
      const { data: taken } = await call(client, 'claim', { lane: 'auth' })
      const { arguments: which } = taken.next.find((it: { tool: string }) => it.tool === 'ask')
      const question = { ...which, question: 'Which database?', options: ['old', 'new'] }
      const { data: asked, text } = await call(client, 'ask', question)
      assert.match(text, /^Asked\. AUTH-1 waits for the answer/)
      assert.deepEqual([asked.task.status, asked.task.wait_reason], ['queued', 'question'])
      assert.equal(
        (await call(client, 'ask', question)).data.question.id,
        asked.question.id,
        'the same again',
      )
      assert.match(
        (await call(client, 'list_tasks', { lane: 'auth' })).text,
        /AUTH-1 \(auth\), queued, waits \(question\)/,
      )
      assert.equal(
        (await call(client, 'wait_for_task', asked.next[0].arguments)).data.task.friendly_id,
        'AUTH-2',
      )
      await core.answerQuestion({ id: asked.question.id, answer: 'The new one.' })
      const { data: again, text: againText } = await call(client, 'wait_for_task', { lane: 'auth' })
      assert.equal(again.task.attempt, 2)
      assert.match(again.answers, /Which database\?\nThe answer: The new one\./)
      assert.match(againText, /Migrate.*The answer: The new one\./s)
      assert.match(
        await refusal(client, 'complete', { task: 'AUTH-1', attempt: 1, result_summary: 'x' }),
        /AUTH-1/,
      )
    })

    test('what there is can be looked at', async t => {
      const made = await arranged(t)
      const attempt = await begin(made)
      attempt.write('stdout', '\u001b[32mgreen\u001b[0m\n')
      attempt.write('stderr', 'warning: old\n')
      await attempt.finish(7)
      await made.core.createTask({ queue_id: 'auth', tool_name: 'llm-haiku', payload: { prompt: 'Later' } })
      const client = await connect(t, made)

      const { data: all, text: lanesText } = await call(client, 'list_lanes')
      assert.deepEqual(
        all.lanes.map((it: { name: string }) => it.name),
        ['default', 'auth'],
      )
      assert.match(lanesText, /auth \(session default\): active, 1 queued/)
      assert.match(lanesText, /default .*works it/)
      const { data: one, text: oneText } = await call(client, 'list_lanes', { lane: 'auth' })
      assert.equal(one.lanes[0].instructions, instructions)
      assert.match(oneText, /Keep the public API/)

      const { data: failed, text: failedText } = await call(client, 'list_tasks', { status: 'failed' })
      assert.equal(failed.tasks.length, 1)
      assert.match(failedText, /DEFAULT-1 \(default\), failed \(exit_code\)/)
      assert.equal((await call(client, 'list_tasks', { lane: 'auth' })).data.tasks[0].work, 'Later')
      const { data: page } = await call(client, 'list_tasks', { limit: 1 })
      assert.equal((await call(client, 'list_tasks', { cursor: page.next_cursor })).data.tasks.length, 1)

      const { data: task, text: taskText } = await call(client, 'get_task', {
        task: 'DEFAULT-1',
        output_chars: 100,
      })
      assert.equal(task.task.exit_code, 7)
      assert.equal(task.output, 'green\n\n--- stderr ---\nwarning: old\n')
      assert.match(taskText, /failed \(exit_code\)/)
      assert.match((await call(client, 'get_task', { task: 'AUTH-1' })).data.why, /\w/)

      const { data: found, text: foundText } = await call(client, 'list_scripts', { q: 'deploy' })
      assert.equal(found.scripts[0].path, 'scripts/deploy.sh')
      assert.match(foundText, /scripts\/deploy\.sh branch \[host\]: Puts a branch on a host/)
    })

    test('what is refused says why, and the next step', async t => {
      const client = await connect(t, await arranged(t))
      assert.match(
        await refusal(client, 'claim', { lane: 'aut' }),
        /no queue "aut"\. Did you mean "auth"\?\nNext:\n- list_lanes/,
      )
      assert.match(await refusal(client, 'claim'), /^lane is missing/)
      assert.match(await refusal(client, 'claim', { lane: 'auth', wait: 1 }), /^wait is not a known field/)
      assert.match(
        await refusal(client, 'wait_for_task', { lane: 'auth', wait_s: 101 }),
        /^wait_s must be .* to 100/,
      )
      assert.match(await refusal(client, 'complete', { task: 'AUTH-9', result_summary: 'x' }), /AUTH-9/)
      assert.match(await refusal(client, 'enqueue', { lane: 'auth' }), /one of prompt, script_path/)
      assert.match(
        await refusal(client, 'enqueue', { lane: 'auth', prompt: 'x', code: 'y' }),
        /Either prompt or code/,
      )
      assert.match(
        await refusal(client, 'enqueue', { lane: 'auth', prompt: 'x', args: ['y'] }),
        /args does not belong/,
      )
      assert.match(
        await refusal(client, 'enqueue', { lane: 'auth', script_path: 'scripts/deplo.sh' }),
        /deploy\.sh/,
      )
      await assert.rejects(client.callTool({ name: 'clam', arguments: {} }), /no tool "clam"/)
    })

    test('a task for each form of work, and the same key only once', async t => {
      const { core, ...rest } = await arranged(t)
      const client = await connect(t, { core, ...rest })
      const forms = [
        [{ command: 'make test' }, 'run-bash', { command: 'make test' }],
        [{ code: 'print(1)' }, 'run-python', { code: 'print(1)' }],
        [{ prompt: 'Do it', tool_name: 'llm-haiku' }, 'llm-haiku', { prompt: 'Do it' }],
        [{ payload: { command: 'ls' }, tool_name: 'run-bash' }, 'run-bash', { command: 'ls' }],
      ] as const
      for (const [form, tool, payload] of forms) {
        const { data } = await call(client, 'enqueue', { lane: 'auth', ...form })
        assert.equal(data.task.tool_name, tool)
        assert.deepEqual((await core.getTask({ id: data.task.id })).task.payload, payload)
      }
      const keyed = { lane: 'auth', command: 'once', idempotency_key: 'k' }
      const { data: first } = await call(client, 'enqueue', keyed)
      const { data: again, text } = await call(client, 'enqueue', keyed)
      assert.deepEqual([again.created, again.task.id], [false, first.task.id])
      assert.match(text, /nothing was queued/)
    })

    test('the same call again is the same claim', async t => {
      const { core, ...rest } = await arranged(t)
      for (const prompt of ['a', 'b', 'c']) {
        await core.createTask({ queue_id: 'auth', tool_name: 'llm-haiku', payload: { prompt } })
      }
      const client = await connect(t, { core, ...rest })
      const claim = async (args: object, meta: object = {}) => {
        const result = await client.callTool({
          name: 'claim',
          arguments: { lane: 'auth', ...args },
          _meta: { ...meta },
        })
        return (result.structuredContent as { task: { friendly_id: string } }).task.friendly_id
      }
      assert.equal(await claim({ claim_key: 'mine' }), 'AUTH-1')
      assert.equal(await claim({ claim_key: 'mine' }), 'AUTH-1')
      assert.equal(await claim({}, { 'claudecode/toolUseId': 'toolu_1' }), 'AUTH-2')
      assert.equal(await claim({}, { 'claudecode/toolUseId': 'toolu_1' }), 'AUTH-2')
      const codex = { callId: 'call_1', 'x-codex-turn-metadata': { thread_id: 't-1', turn_id: '1' } }
      assert.equal(await claim({}, codex), 'AUTH-3')
      assert.equal(await claim({}, codex), 'AUTH-3')
    })

    test('resources: lanes, tasks, their output, and the playbook where it is there', async t => {
      const made = await arranged(t)
      const attempt = await begin(made)
      attempt.write('stdout', 'hello\n')
      await attempt.finish(0)
      await made.core.createQueue({ session_id: 'default', name: 'más/a b' })
      const playbook = path.join(made.folder, 'sparkq/WORKER_PLAYBOOK.md')
      fs.rmSync(playbook)
      const client = await connect(t, made)
      const list = async () =>
        (await client.listResources(undefined, { cacheMode: 'refresh' })).resources.map(it => it.uri)
      const lanes = ['sparkq://lane/m%C3%A1s%2Fa%20b', 'sparkq://lane/auth', 'sparkq://lane/default']
      assert.deepEqual(await list(), lanes)
      const read = async (uri: string) => {
        const { contents } = (await client.readResource(
          { uri },
          { cacheMode: 'refresh' },
        )) as ReadResourceResult
        assert.equal(contents[0]?.uri, uri)
        return (contents[0] as { text: string }).text
      }
      for (const uri of lanes) assert.match(await read(uri), /^# Lane /)
      assert.match(await read('sparkq://lane/auth'), /Keep the public API/)
      assert.equal(JSON.parse(await read('sparkq://task/DEFAULT-1')).status, 'succeeded')
      assert.equal(await read('sparkq://task/DEFAULT-1/output'), 'hello\n')
      await assert.rejects(read('sparkq://playbook'), /no playbook/)
      await assert.rejects(read('sparkq://lane/nope'), /no queue "nope"/)
      await assert.rejects(read('sparkq://elsewhere'), /There are: sparkq:\/\/playbook/)
      fs.writeFileSync(playbook, '# Be a worker\n')
      assert.equal(await read('sparkq://playbook'), '# Be a worker\n')
      assert.deepEqual(await list(), ['sparkq://playbook', ...lanes])
      const { resourceTemplates } = await client.listResourceTemplates()
      assert.deepEqual(
        resourceTemplates.map(it => it.uriTemplate),
        ['sparkq://lane/{name}', 'sparkq://task/{id}', 'sparkq://task/{id}/output'],
      )
    })

    test('the prompt, and what completes its words', async t => {
      const made = await arranged(t)
      await made.core.createTask({ queue_id: 'auth', tool_name: 'llm-haiku', payload: { prompt: 'x' } })
      const client = await connect(t, made)
      assert.deepEqual(
        (await client.listPrompts()).prompts.map(it => it.name),
        ['work'],
      )
      const { messages } = await client.getPrompt({ name: 'work', arguments: { lane: 'auth' } })
      assert.match(JSON.stringify(messages), /wait_for_task \{\\\\\\"lane\\\\\\":\\\\\\"auth|wait_for_task/)
      await assert.rejects(client.getPrompt({ name: 'play' }), /no prompt "play"/)
      const complete = async (
        ref: Parameters<typeof client.complete>[0]['ref'],
        name: string,
        value: string,
      ) => (await client.complete({ ref, argument: { name, value } })).completion.values
      assert.deepEqual(await complete({ type: 'ref/prompt', name: 'work' }, 'lane', 'A'), ['auth'])
      const task = { type: 'ref/resource', uri: 'sparkq://task/{id}' } as const
      assert.deepEqual(await complete(task, 'id', 'auth'), ['AUTH-1'])
      assert.deepEqual(await complete(task, 'other', ''), [])
    })
  })
}
