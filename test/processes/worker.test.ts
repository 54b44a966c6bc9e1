import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { test } from 'node:test'
import { self } from '../../src/processes/identity.ts'
import { findWorker, isGoBetween } from '../../src/processes/worker.ts'

const asker = path.join(import.meta.dirname, '../fixtures/processes/find-worker.ts')

test('the worker is who started the shell that started the command, through any launcher between', () => {
  const node = `"${process.execPath}" "${asker}"`
  // More than one command: a shell would replace itself by the last one.
  const lines = [node, `bash -c '${node}; true'`, `env X=1 timeout 60 sh -c '${node}; true'`]
  for (const line of lines) {
    const told = execFileSync('/bin/sh', ['-c', `${line}; true`], { encoding: 'utf8' })
    assert.deepEqual(JSON.parse(told), self(), line)
  }
})

test('a process that is gone has no worker, nor has the first one of all', () => {
  assert.equal(findWorker(999_999_999), null)
  assert.equal(findWorker(1), null)
})

test('shells, launchers and sandboxes are between; an assistant, an editor and a terminal are not', () => {
  const between = [
    '-bash',
    '/bin/bash -c -l source x && eval sparkq',
    'sh -c sparkq claim',
    '[sh]',
    'npm exec sparkq claim',
    'node /usr/lib/node_modules/npm/bin/npx-cli.js sparkq',
    'node /usr/local/bin/pnpm.cjs dlx sparkq',
    'timeout 60 sparkq',
    '/usr/bin/bwrap --unshare-all bash',
    'codex-linux-sandbox --sandbox-policy x bash',
  ]
  const workers = [
    'claude',
    'node /usr/local/bin/claude --resume',
    'node --no-warnings /opt/gemini/dist/index.js',
    'codex exec x',
    'python3 worker.py',
    '/usr/bin/tmux new',
    'sshd: me@pts/1',
  ]
  assert.deepEqual(
    between.filter(it => !isGoBetween(it)),
    [],
  )
  assert.deepEqual(workers.filter(isGoBetween), [])
})
