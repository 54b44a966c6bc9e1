import assert from 'node:assert/strict'
import path from 'node:path'
import { test } from 'node:test'
import { type ServerSite, serverSite } from '../server/support.ts'
import { tempFolder } from '../support/folder.ts'
import {
  openTerminal,
  type TerminalKind,
  type TypedTerminal,
  terminalKinds,
} from '../support/typed-terminal.ts'

const [kind] = terminalKinds()
const door = path.join(import.meta.dirname, '../fixtures/cli/main.ts')
const which = /Which lanes\? Numbers, or "all" for these and later ones:/

test('run, start and restart ask on a terminal which lanes to work', {
  skip: kind === undefined && 'There is neither tmux nor a python3 to lend a terminal.',
}, async t => {
  const at = await serverSite(t)
  await at.core.createQueue({ session_id: 'default', name: 'auth' })
  const own = tempFolder(t)
  const terminal = await openTerminal(kind as TerminalKind, { cwd: at.folder, env: at.env, own })
  try {
    await answer(at, terminal)
  } finally {
    await terminal.close()
  }
})

async function answer(at: ServerSite, terminal: TypedTerminal): Promise<void> {
  const sparkq = (line: string, ...answers: [RegExp, string][]) =>
    terminal.run(`'${process.execPath}' '${door}' ${line}`, answers)
  const wanted = async () =>
    (await at.core.listQueues()).queues.filter(it => it.runner_wanted === 'on').map(it => it.name)

  const ran = await sparkq('run -i', [which, 'all'], [/SparkQ runs at http/, '\x03'])
  assert.match(ran.shown, /1 +(auth|default) +default +0 queued\n/)
  assert.equal(ran.code, 130, ran.shown)
  const started = await sparkq('start --interactive', [which, '2'])
  assert.match(started.shown, /SparkQ runs at http/)
  assert.equal((await wanted()).length, 1)
  const restarted = await sparkq('restart --interactive', [which, '1, 2'])
  assert.match(restarted.shown, /Stopped the server(.|\n)*SparkQ runs at http/)
  assert.deepEqual((await wanted()).sort(), ['auth', 'default'])
  for (const [lanes, sentence] of [
    ['3', /"3" is no number from 1 to 2\./],
    ['', /No lane was chosen\./],
  ] as const) {
    const refused = await sparkq('start -i', [which, lanes])
    assert.equal(refused.code, 2)
    assert.match(refused.shown, sentence)
  }
  assert.equal((await sparkq('stop')).code, 0)
}
