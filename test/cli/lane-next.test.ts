import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Site, site } from './run-cli.ts'

const plan = 'tool: run-bash\ntasks:\n  - command: make a\n'
const lines = [
  ['queue', 'create', 'later'],
  ['enqueue', '-q', 'auth', '-c', 'true'],
  ['enqueue', '-q', 'auth', '--from', 'plan.yaml', '--yes'],
  ['wait', 'AUTH-1', '--timeout', '1'],
]

async function withAuth(t: Parameters<typeof site>[0]): Promise<Site> {
  const at = await site(t, { 'plan.yaml': plan })
  await at.core.createQueue({ session_id: 'default', name: 'auth' })
  return at
}

async function said({ sparkq }: Site): Promise<string[]> {
  const answers = []
  for (const line of lines) answers.push(await sparkq(line))
  return answers.map(({ stdout, stderr }) => `${stdout}${stderr}`)
}

test('where no server keeps runners, the lane’s own is named', async t => {
  for (const text of await said(await withAuth(t)))
    assert.match(text, /^ {2}sparkq runner -q (auth|later) +work it/m)
})

test('a server that keeps runners is told to keep one on this lane, too', async t => {
  const at = await withAuth(t)
  at.core.beginSupervision({ all: false, sessions: [], queues: [] })
  for (const text of await said(at)) assert.match(text, /^ {2}sparkq start -q (auth|later) +work it/m)
})

test('where the server keeps a runner on the lane, there is nothing to type', async t => {
  const at = await withAuth(t)
  at.core.beginSupervision({ all: true, sessions: [], queues: [] })
  const texts = await said(at)
  for (const text of texts) assert.doesNotMatch(text, /work it|sparkq (runner|start)/)
  assert.match(texts[1] ?? '', /1st in line, the server starts its runner$/m)
  assert.doesNotMatch(texts[3] ?? '', /Still waiting/)
})

test('of a lane whose runner was stopped by name it is said all the same', async t => {
  const at = await withAuth(t)
  at.core.beginSupervision({ all: true, sessions: [], queues: [] })
  await at.core.setRunnerWanted({ id: 'auth', wanted: 'off' })
  const { stdout, stderr } = await at.sparkq(['enqueue', '-q', 'auth', '-c', 'true'])
  assert.match(stdout, /nothing runs this lane$/m)
  assert.match(stderr, /^ {2}sparkq start -q auth +work it now$/m)
})

test('a plan for a tool that no runner runs is for a worker to claim', async t => {
  const at = await withAuth(t)
  await at.core.createTool({ name: 'llm-mine', task_class: 'LLM_LITE' })
  const { stderr } = await at.sparkq(
    ['enqueue', '-q', 'auth', '-t', 'llm-mine', '--from', '-', '--format', 'md', '-y'],
    {
      input: '- [ ] Tidy up\n',
    },
  )
  assert.match(stderr, /^ {2}sparkq claim -q auth +take it$/m)
})
