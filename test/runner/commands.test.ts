import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { planCommand } from '../../src/runner/command.ts'
import { tempFolder, writeFiles } from '../support/folder.ts'
import { openLane } from './support.ts'

const lane = { id: 'que_x', name: 'q', instructions: 'Be kind.\n' }
const plan = (
  tool_name: string,
  payload: unknown,
  root: string,
  template: string[] | null = null,
  queue: typeof lane | { id: string; name: string } = lane,
) => planCommand({ tool_name, payload, queue }, template, root)

test('a script starts by its shebang when it is executable and has one, else under its interpreter', t => {
  const root = tempFolder(t)
  writeFiles(root, {
    'own.sh': '#!/bin/sh\n',
    'plain.sh': 'echo\n',
    'own.py': '#!/usr/bin/env python3\n',
    'plain.py': '1\n',
  })
  fs.writeFileSync(path.join(root, 'not-executable.sh'), '#!/bin/sh\n', { mode: 0o644 })
  fs.writeFileSync(path.join(root, 'no-shebang.sh'), 'echo\n', { mode: 0o755 })
  const argv = (tool: string, script_path: string, args: string[] = []) => {
    const planned = plan(tool, { script_path, args }, root)
    assert.ok('argv' in planned, JSON.stringify(planned))
    return planned.argv
  }
  const at = (name: string) => path.join(root, name)
  assert.deepEqual(argv('run-bash', 'own.sh', ['a b', '']), [at('own.sh'), 'a b', ''])
  assert.deepEqual(argv('run-bash', 'plain.sh'), ['bash', at('plain.sh')])
  assert.deepEqual(argv('run-bash', 'not-executable.sh'), ['bash', at('not-executable.sh')])
  assert.deepEqual(argv('run-bash', 'no-shebang.sh'), ['bash', at('no-shebang.sh')])
  assert.deepEqual(argv('run-python', 'own.py'), [at('own.py')])
  assert.deepEqual(argv('run-python', 'plain.py'), ['python3', at('plain.py')])
  writeFiles(root, { '.venv/bin/python': '#!/bin/sh\n' })
  assert.deepEqual(argv('run-python', 'plain.py'), [at('.venv/bin/python'), at('plain.py')])
})

test('what cannot be started is refused with a sentence', t => {
  const root = tempFolder(t)
  const refusal = (payload: unknown) => plan('run-bash', payload, root)
  assert.deepEqual(Object.keys(refusal({ script_path: 'gone.sh' })), ['kind', 'detail'])
  assert.match(JSON.stringify(refusal({ command: 'true', cwd: 'nowhere' })), /does not exist/)
  assert.match(JSON.stringify(refusal({ command: 5 })), /invalid_payload/)
})

test('a task runs in the project, with its arguments, its environment and a closed stdin', async t => {
  const lane = await openLane(t)
  const { root } = lane.project
  writeFiles(root, {
    'sub/show.sh':
      '#!/bin/bash\nprintf "%s|" "$PWD" "$@" "$COLOUR" "$PYTHONUNBUFFERED" "$SPARKQ_TASK" "$SPARKQ_QUEUE"; cat; echo\n',
    'show.py': 'import os, sys\nprint(os.getcwd(), sys.argv[1:], sys.stdin.read() == "")\n',
  })
  const script = (tool_name: string, payload: Record<string, unknown>) =>
    lane.api.createTask({ queue_id: 'q', tool_name, payload })
  await script('run-bash', { script_path: 'sub/show.sh', args: ['a b', '$HOME'], env: { COLOUR: 'red' } })
  await script('run-bash', { script_path: 'sub/show.sh', cwd: 'sub' })
  await script('run-python', { script_path: 'show.py', args: ['--x'] })
  await script('run-python', { code: 'print("a" * 3)' })
  await lane.work()
  const said = async (ref: string) => (await lane.task(ref)).result_summary
  assert.equal(await said('Q-1'), `${root}|a b|$HOME|red|1|Q-1|q|`)
  assert.equal(await said('Q-2'), `${root}/sub||1|Q-2|q|`)
  assert.equal(await said('Q-3'), `${root} ['--x'] True`)
  assert.equal(await said('Q-4'), 'aaa')
})
