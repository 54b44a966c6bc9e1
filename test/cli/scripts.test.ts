import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { site } from './run-cli.ts'

const files = {
  'scripts/deploy.sh': `#!/bin/sh
# name: ship-it
# description: Deploys the current branch
# inputs: branch (optional), target env
# tags: release
# timeout: 300
`,
  'scripts/my report.py': '# timeout: soon\n',
}

describe('scripts', { concurrency: 3 }, () => {
  test('are listed in a table, with what is odd about them beside it', async t => {
    const { sparkq } = await site(t, files)
    const { stdout, stderr, code } = await sparkq(['scripts', 'list'])
    assert.deepEqual(stdout.split('\n'), [
      '  script                inputs                         what',
      '  scripts/deploy.sh     branch (optional), target env  ship-it · Deploys the current branch',
      '  scripts/my report.py',
      '',
    ])
    assert.match(stderr, /^scripts\/my report\.py:1: timeout "soon" is not .*\n$/)
    assert.equal(code, 0)
  })

  test('are answered as the API does with --json', async t => {
    const { sparkq, core } = await site(t, files)
    const { stdout } = await sparkq(['scripts', 'list', '--json'])
    assert.deepEqual(JSON.parse(stdout), await core.listScripts())
    const found = await sparkq(['scripts', 'search', 'ship', 'branch', '--json'])
    assert.deepEqual(JSON.parse(found.stdout), await core.listScripts({ q: 'ship branch' }))
  })

  test('are found by words', async t => {
    const { sparkq } = await site(t, files)
    const [one, none, blank] = await Promise.all([
      sparkq(['scripts', 'search', 'REPORT']),
      sparkq(['scripts', 'search', 'nonsense']),
      sparkq(['scripts', 'search']),
    ])
    assert.match(one.stdout, /\n {2}scripts\/my report\.py\n$/)
    assert.deepEqual([none.stdout, none.code], ['', 0])
    assert.match(none.stderr, /^No script is like that\.\n {2}sparkq scripts list /)
    assert.deepEqual([blank.stdout, blank.code], ['', 2])
  })

  test('are shown with the command that queues them from here', async t => {
    const { sparkq } = await site(t, { ...files, 'sub/x': '' })
    const [whole, below, odd, wrong] = await Promise.all([
      sparkq(['scripts', 'show', 'scripts/deploy.sh']),
      sparkq(['scripts', 'show', 'ship-it'], { in: 'sub' }),
      sparkq(['scripts', 'show', 'my report']),
      sparkq(['scripts', 'show', 'shipt']),
    ])
    assert.deepEqual(whole.stdout.split('\n'), [
      'scripts/deploy.sh  ship-it',
      '  what      Deploys the current branch',
      '  inputs    branch (optional), target env',
      '  tags      release',
      '  timeout   5 min',
      '  queue it  sparkq enqueue -q NAME -- ./scripts/deploy.sh [BRANCH] TARGET_ENV',
      '',
    ])
    assert.match(below.stdout, /enqueue -q NAME -- \.\.\/scripts\/deploy\.sh /)
    assert.match(odd.stdout, /enqueue -q NAME -- '\.\/scripts\/my report\.py'\n$/)
    assert.match(odd.stderr, /:1: timeout "soon"/)
    assert.deepEqual([wrong.stdout, wrong.code], ['', 3])
    assert.equal(
      wrong.stderr,
      'There is no script "shipt". Did you mean "scripts/deploy.sh", which is called "ship-it"?\n  sparkq scripts list\n',
    )
  })

  test('are named at enqueue where a word is near one', async t => {
    const { sparkq } = await site(t, files)
    const { stderr, code } = await sparkq(['enqueue', '-q', 'default', '--', './scrpts/deploy.sh'])
    assert.equal(code, 2)
    assert.equal(
      stderr,
      'There is no script "scrpts/deploy.sh". Did you mean "scripts/deploy.sh"?\n  sparkq scripts list\n',
    )
  })
})
