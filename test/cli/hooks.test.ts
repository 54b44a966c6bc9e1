import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { waitFor } from '../support/wait.ts'
import { type Site, site } from './run-cli.ts'

const door = path.join(import.meta.dirname, '../fixtures/cli/main.ts')
const session_id = '0b1c2d3e-0000-4000-8000-000000000001'

const add = ({ core }: Site, prompt = 'do it') =>
  core.createTask({ queue_id: 'default', tool_name: 'llm-sonnet', payload: { prompt } })

type Heard = { decision?: string; reason?: string; hookSpecificOutput?: { additionalContext: string } }

/** What the hook answers; this test's process is the chat. */
async function hook(
  { sparkq }: Pick<Site, 'sparkq'>,
  event: string,
  said: object = {},
  env: NodeJS.ProcessEnv = {},
): Promise<Heard> {
  const input = JSON.stringify({ session_id, hook_event_name: event, ...said })
  const { stdout, stderr, code } = await sparkq(['hook', 'claude', event], { input, env })
  assert.deepEqual([stderr, code], ['', 0])
  return JSON.parse(stdout)
}

const textOf = ({ hookSpecificOutput }: Heard): string => hookSpecificOutput?.additionalContext ?? ''
const ask = (at: Site, prompt = '/sparkq:work default') => hook(at, 'prompt', { prompt })

/** The same line, said by another process. */
function fromElsewhere({ folder, env }: Site, event: string): Promise<string> {
  const script = `const {spawnSync} = require('node:child_process')
    const {stdout} = spawnSync(process.execPath, [${JSON.stringify(door)}, 'hook', 'claude', ${JSON.stringify(event)}],
      {input: ${JSON.stringify(JSON.stringify({ session_id }))}, encoding: 'utf8'})
    process.stdout.write(stdout)`
  const child = spawn(process.execPath, ['-e', script], { cwd: folder, env })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', text => {
    said += text
  })
  return new Promise(resolve => child.once('close', () => resolve(said.trim())))
}

describe('the hooks of Claude Code', { concurrency: 3 }, () => {
  test('hand a lane over to the chat that asked for it, task by task, and to no other', async t => {
    const at = await site(t)
    await add(at)
    await add(at)
    assert.deepEqual(await hook(at, 'stop'), {})
    assert.match(textOf(await ask(at)), /^This chat is bound to the SparkQ lane "default"/)
    assert.deepEqual(await hook(at, 'stop', { session_id: 'another' }), {})
    assert.equal(await fromElsewhere(at, 'stop'), '{}')

    assert.match(
      textOf(await hook(at, 'stop')),
      /^SparkQ: DEFAULT-1 is next\. Take it: wait_for_task \{"lane":"default"\}/,
    )
    await at.sparkq(['claim', '-q', 'default', '--bind', 'parent'])
    assert.match(textOf(await hook(at, 'stop')), /DEFAULT-1 of the lane "default" is still yours\. Finish it/)
    assert.deepEqual(await hook(at, 'stop'), {}, 'it is reminded once')
    await at.sparkq(['complete', 'DEFAULT-1', 'Done.'])
    assert.match(textOf(await hook(at, 'stop')), /DEFAULT-2 is next/)
    await at.sparkq(['claim', '-q', 'default', '--bind', 'parent'])
    await at.sparkq(['complete', 'DEFAULT-2', 'Done.'])
    assert.deepEqual(await hook(at, 'stop'), {})

    await add(at)
    assert.match(
      textOf(await hook(at, 'session-start', { source: 'compact' })),
      /You work the SparkQ lane "default"/,
    )
    assert.deepEqual(await hook(at, 'session-end', { reason: 'other' }), {})
    assert.deepEqual(await hook(at, 'stop'), {})
    assert.deepEqual(fs.readdirSync(path.join(at.folder, 'sparkq/data/chats')), [])
  })

  test('leave alone who does not take what is handed over, well below the cap', async t => {
    const at = await site(t)
    await add(at)
    await ask(at, '  /sparkq:work "default"  ')
    for (let n = 0; n < 3; n++) assert.match(textOf(await hook(at, 'stop')), /DEFAULT-1 is next/)
    assert.deepEqual(await hook(at, 'stop'), {})
    assert.deepEqual(await hook(at, 'prompt', { prompt: 'what is there?' }), {})
    assert.match(textOf(await hook(at, 'stop')), /DEFAULT-1 is next/, 'a word of the person begins anew')
    assert.deepEqual(await ask(at, '/sparkq:stop'), {})
    assert.deepEqual(await hook(at, 'stop'), {})
  })

  test('refuse a lane that is not there, or that another chat has', async t => {
    const at = await site(t)
    const { decision, reason } = await ask(at, '/sparkq:work nope')
    assert.deepEqual(decision, 'block')
    assert.match(reason ?? '', /^There is no queue "nope"\.\nsparkq queue list$/)
    await ask(at)
    const file = path.join(at.folder, 'sparkq/data/chats', `${session_id}.json`)
    const chat = JSON.parse(fs.readFileSync(file, 'utf8'))
    const other = { ...chat, session_id: 'other', process: { ...chat.process, pid: 1, start_time: 'x' } }
    const { identify } = await import('../../src/processes/identity.ts')
    fs.writeFileSync(
      file.replace(session_id, 'other'),
      JSON.stringify({ ...other, process: identify(process.ppid) }),
    )
    assert.match((await ask(at)).reason ?? '', /^Another chat \(process \d+\) works the lane default\.$/)
  })

  test('say nothing to what a runner has at work, outside of projects, and to what they cannot read', async t => {
    const at = await site(t)
    await add(at)
    await ask(at)
    assert.deepEqual(await hook(at, 'stop', {}, { SPARKQ_TASK: 'tsk_x', SPARKQ_ATTEMPT: '1' }), {})
    assert.deepEqual(await hook(at, 'stop', {}, { CLAUDE_PROJECT_DIR: '/' }), {})
    assert.deepEqual(await hook(at, 'stop', { session_id: '../../sparkq' }), {})
    const { stdout, code } = await at.sparkq(['hook', 'claude', 'stop'], { input: '{"session_id' })
    assert.deepEqual([stdout, code], ['{}\n', 0])
    fs.writeFileSync(path.join(at.folder, 'sparkq.yml'), 'nonsense: [')
    const broken = await at.sparkq(['hook', 'claude', 'stop'], { input: JSON.stringify({ session_id }) })
    assert.deepEqual([broken.stdout, broken.code], ['{}\n', 0])
  })

  test('wake an idle chat when a task comes, once, and by one process', async t => {
    const at = await site(t)
    await ask(at)
    const input = JSON.stringify({ session_id })
    const waiting = at.start(['hook', 'claude', 'wait'], { input })
    const place = path.join(at.folder, 'sparkq/data/chats', `${session_id}.waiter`)
    await waitFor('it waits', () => fs.existsSync(place))
    assert.equal((await at.sparkq(['hook', 'claude', 'wait'], { input })).code, 0)
    const headless = { CLAUDE_CODE_ENTRYPOINT: 'sdk-cli' }
    assert.equal((await at.sparkq(['hook', 'claude', 'wait'], { input, env: headless })).code, 0)
    assert.deepEqual(await hook(at, 'stop'), {})
    await add(at)
    const { stderr, stdout, code } = await waiting.ended
    assert.deepEqual([stdout, code], ['', 2])
    assert.match(
      stderr,
      /^SparkQ: DEFAULT-1 has come into the lane "default", which the person asked you to work\./,
    )
    assert.ok(!fs.existsSync(place))
  })

  test('wait no longer than the chat is bound, and wake nobody who is at work', async t => {
    const at = await site(t)
    await ask(at)
    const waiting = at.start(['hook', 'claude', 'wait'], { input: JSON.stringify({ session_id }) })
    const place = path.join(at.folder, 'sparkq/data/chats', `${session_id}.waiter`)
    await waitFor('it waits', () => fs.existsSync(place))
    await add(at)
    await hook(at, 'session-end')
    const { stderr, code } = await waiting.ended
    assert.deepEqual([stderr, code], ['', 0])
  })
})
