import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { attemptFiles } from '../../src/attempt-files/paths.ts'
import { identify, self } from '../../src/processes/identity.ts'
import type { ProcessTree } from '../../src/processes/tree.ts'
import { watchRun } from '../../src/runner/watch-run.ts'
import { tempFolder, writeFiles } from '../support/folder.ts'

test('a task of which one look shows nothing has not vanished', async t => {
  const folder = tempFolder(t)
  const files = attemptFiles(folder, 'tsk_1', 1)
  writeFiles(files.folder, { '1.status': '' })
  const task = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' })
  t.after(() => void task.kill('SIGKILL'))
  await once(task, 'spawn')
  // Its recorder is dead, and what it is has yet to be seen: as in the middle of an exec.
  const nothing: ProcessTree = { mark: '', wrapper: { ...self(), start_time: 'gone' }, leader: null }
  const seen = { ...nothing, leader: identify(task.pid as number) }
  let looks = 0
  const tree = (): ProcessTree => {
    looks++
    if (looks === 3) task.kill('SIGKILL')
    return looks === 1 ? nothing : seen
  }
  const end = await watchRun(tree, files, new AbortController().signal)
  assert.equal(end !== 'left' && end.vanished, true)
  assert.ok(looks >= 4, `${looks} looks`)
})
