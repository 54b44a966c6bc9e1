import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { attemptFiles } from '../../src/attempt-files/paths.ts'
import { planCommand } from '../../src/runner/command.ts'
import { tempFolder, writeFiles } from '../support/folder.ts'
import { assertNothingLeft, openLane } from './support.ts'

const show = '#!/bin/bash\nprintf "%s|" "$@"; echo; echo "stdin: $(cat)"; echo "$SPARKQ_TASK in $PWD"\n'

function writeShow(root: string): void {
  writeFiles(root, { 'bin/show': show })
  fs.chmodSync(path.join(root, 'bin/show'), 0o755)
}

const odd = 'Fix "it"; $(touch pwned) `x` $HOME {prompt} \'a\'\n\tand *'

test('a tool with a command runs its prompts without a shell, the lane’s instructions before them', async t => {
  const lane = await openLane(t)
  const { root } = lane.project
  writeShow(root)
  const command = ['./bin/show', '--model', 'x', '{prompt}', '--in={prompt}', '{other}']
  await lane.api.createTool({ name: 'my-llm', task_class: 'LLM_LITE', command })
  const { task } = await lane.api.createTask({ queue_id: 'q', tool_name: 'my-llm', payload: { prompt: odd } })
  await lane.work()
  assert.equal((await lane.task(task.id)).status, 'succeeded')
  const text = fs.readFileSync(attemptFiles(lane.project.logs, task.id, 1).stdout, 'utf8')
  const whole = `Be kind.\n\n${odd}`
  assert.equal(text, `--model|x|${whole}|--in=${whole}|{other}|\nstdin: \nQ-1 in ${fs.realpathSync(root)}\n`)
  assert.ok(!fs.existsSync(path.join(root, 'pwned')))
  await assertNothingLeft(lane)
})

test('where the command does not name the prompt, it comes on stdin, from a file that is the user’s alone', async t => {
  const lane = await openLane(
    t,
    'tools: {cat-llm: {task_class: LLM_LITE, command: [./bin/show, "-"]}, run-bash: {task_class: FAST_SCRIPT}}\n',
  )
  writeShow(lane.project.root)
  const prompt = `${'x'.repeat(300_000)}.`
  const { task } = await lane.api.createTask({ queue_id: 'q', tool_name: 'cat-llm', payload: { prompt } })
  await lane.work()
  const files = attemptFiles(lane.project.logs, task.id, 1)
  const text = fs.readFileSync(files.stdout, 'utf8')
  assert.ok(text.startsWith(`-|\nstdin: Be kind.\n\n${prompt}\nQ-1 in `), text.slice(0, 80))
  assert.equal(fs.statSync(files.prompt).mode & 0o777, 0o600)
})

test('a runner that waits takes up a tool that is added, changed or loses its command', async t => {
  const lane = await openLane(t)
  const runner = lane.spawnRunner('watch')
  await runner.saw('waiting')
  const enqueue = async () =>
    (await lane.api.createTask({ queue_id: 'q', tool_name: 'mine', payload: { prompt: 'x' } })).task
  await lane.api.createTool({ name: 'mine', task_class: 'LLM_LITE', command: ['echo', 'one'] })
  await enqueue()
  await runner.saw('task_ended', 'Q-1')
  await lane.api.updateTool({ name: 'mine', command: ['echo', 'two'] })
  await enqueue()
  await runner.saw('task_ended', 'Q-2')
  await lane.api.updateTool({ name: 'mine', command: null })
  await enqueue()
  assert.equal((await lane.api.explainTask({ id: 'Q-3' })).why.code, 'other_tool')
  await lane.api.updateTool({ name: 'mine', command: ['echo', 'three'] })
  await runner.saw('task_ended', 'Q-3')
  const said = await Promise.all(['Q-1', 'Q-2', 'Q-3'].map(lane.task))
  assert.deepEqual(
    said.map(it => it.result_summary),
    ['one', 'two', 'three'],
  )
  runner.child.kill('SIGTERM')
  await runner.ended
})

test('a program that is not there leaves its tasks queued, with what is missing, until it is there', async t => {
  const lane = await openLane(t)
  const command = ['./bin/show', '{prompt}']
  await lane.api.createTool({ name: 'mine', task_class: 'LLM_LITE', command })
  const { task } = await lane.api.createTask({ queue_id: 'q', tool_name: 'mine', payload: { prompt: 'x' } })
  const runner = lane.spawnRunner('watch')
  await runner.saw('waiting')
  const { why } = await lane.api.explainTask({ id: task.id })
  assert.equal(why.code, 'tool_missing')
  assert.match(why.sentence, /bin\/show/)
  writeShow(lane.project.root)
  // Anything that happens in the lane has it looked at again.
  await lane.api.updateQueue({ id: 'q', instructions: 'Go on.' })
  await runner.saw('task_ended', 'Q-1')
  assert.equal((await lane.task(task.id)).status, 'succeeded')
  runner.child.kill('SIGTERM')
  await runner.ended
})

test('a lane without instructions has nothing before the prompt', t => {
  const root = tempFolder(t)
  const queue = { id: 'que_x', name: 'q', instructions: ' \n' }
  const plan = planCommand({ tool_name: 'x', payload: { prompt: 'Do it' }, queue }, ['a', '{prompt}'], root)
  assert.deepEqual(plan, { argv: ['a', 'Do it'], cwd: root, env: {} })
  const refused = planCommand({ tool_name: 'x', payload: { prompt: 'Do it' }, queue }, null, root)
  assert.match(JSON.stringify(refused), /"spawn_failed".*has no command/)
})

test('what its prompt asks the person in its run comes with the answer in the next one', async t => {
  const lane = await openLane(t)
  const sparkq = `"${process.execPath}" "${path.join(import.meta.dirname, '../fixtures/cli/main.ts')}"`
  writeFiles(lane.project.root, {
    'bin/asks': `#!/bin/bash\ncase $1 in *"The answer"*) printf '%s' "$1" ;; *) ${sparkq} ask "$SPARKQ_TASK" 'Which one?' ;; esac\n`,
  })
  await lane.api.createTool({ name: 'mine', task_class: 'LLM_LITE', command: ['./bin/asks', '{prompt}'] })
  const prompt = 'Take one.'
  const { task } = await lane.api.createTask({ queue_id: 'q', tool_name: 'mine', payload: { prompt } })
  await lane.work()
  const waiting = await lane.task(task.id)
  assert.deepEqual([waiting.status, waiting.wait_reason, waiting.attempts], ['queued', 'question', 0])
  await lane.api.answerQuestion({ id: waiting.questions?.[0]?.id as string, answer: 'This one.' })
  await lane.work()
  assert.equal((await lane.task(task.id)).status, 'succeeded')
  const text = fs.readFileSync(attemptFiles(lane.project.logs, task.id, 2).stdout, 'utf8')
  assert.equal(text, 'Be kind.\n\nTake one.\n\nYour question: Which one?\nThe answer: This one.')
})
