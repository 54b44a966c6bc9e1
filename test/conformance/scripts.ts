import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { writeFiles } from '../support/folder.ts'
import { refused } from '../support/refused.ts'
import type { Harness } from './harness.ts'

const deploy = `#!/bin/sh
# name: ship-it
# description: Deploys the current branch
#   to staging
# inputs: branch (optional), env
# outputs: deployment URL
# tags: release
# timeout: 300
# task_class: FAST_SCRIPT
`
const files = { 'scripts/deploy.sh': deploy, 'scripts/report.py': 'print(1)\n', 'tools/x.sh': '#!/bin/sh\n' }

export function scripts({ open }: Harness): void {
  test('scripts are listed with what their headers say', async t => {
    const { api, projectRoot } = await open(t)
    assert.deepEqual(await api.listScripts(), { scripts: [], warnings: [] })
    writeFiles(projectRoot, files)
    const plain = { description: null, inputs: [], outputs: [], tags: [], timeout: null, task_class: null }
    assert.deepEqual(await api.listScripts(), {
      scripts: [
        {
          path: 'scripts/deploy.sh',
          name: 'ship-it',
          description: 'Deploys the current branch to staging',
          inputs: [
            { name: 'branch', required: false },
            { name: 'env', required: true },
          ],
          outputs: [{ name: 'deployment URL', required: true }],
          tags: ['release'],
          timeout: 300,
          task_class: 'FAST_SCRIPT',
        },
        { path: 'scripts/report.py', name: 'report', ...plain },
      ],
      warnings: [],
    })
  })

  test('script_dirs says where scripts are', async t => {
    const { api, projectRoot } = await open(t, { config: 'script_dirs: [tools, nowhere]\n' })
    writeFiles(projectRoot, files)
    const { scripts, warnings } = await api.listScripts()
    assert.deepEqual(
      scripts.map(it => it.path),
      ['tools/x.sh'],
    )
    assert.deepEqual(warnings, ['script_dirs: the folder "nowhere" cannot be read (ENOENT).'])
  })

  test('scripts are found by all of some words, those that are called so first', async t => {
    const { api, projectRoot } = await open(t)
    writeFiles(projectRoot, {
      ...files,
      'scripts/a.sh': '# description: ships nothing; release notes\n# timeout: soon\n',
    })
    const find = async (q: string) => (await api.listScripts({ q })).scripts.map(it => it.path)
    assert.deepEqual(await find('ship'), ['scripts/deploy.sh', 'scripts/a.sh'])
    assert.deepEqual(await find('RELEASE  notes'), ['scripts/a.sh'])
    assert.deepEqual(await find('branch nothing'), [])
    assert.deepEqual((await api.listScripts({ q: 'deploy' })).warnings, [], 'only what is odd about those')
    assert.match((await api.listScripts({ q: 'notes' })).warnings.join(), /^scripts\/a\.sh:2: timeout "soon"/)
  })

  test('one script is shown by its path or name', async t => {
    const { api, projectRoot } = await open(t)
    writeFiles(projectRoot, files)
    for (const script of ['scripts/deploy.sh', './scripts/deploy.sh', 'ship-it', 'Ship-It']) {
      const { scripts } = await api.listScripts({ script })
      assert.deepEqual(
        scripts.map(it => it.path),
        ['scripts/deploy.sh'],
      )
    }
    await refused(
      api.listScripts({ script: 'shipit' }),
      'not_found',
      /^There is no script "shipit"\. Did you mean "scripts\/deploy\.sh", which is called "ship-it"\?$/,
    )
  })

  test('an unknown class and a name that is used twice are warnings', async t => {
    const { api, projectRoot } = await open(t)
    writeFiles(projectRoot, {
      'scripts/a.sh': '# name: one\n# task_class: FAST_SCRPT\n',
      'scripts/b.sh': '# name: One\n',
    })
    const { scripts, warnings } = await api.listScripts()
    assert.deepEqual(
      scripts.map(it => it.task_class),
      [null, null],
    )
    assert.deepEqual(warnings, [
      'scripts/a.sh:2: there is no task_class "FAST_SCRPT"; it is left out. Did you mean "FAST_SCRIPT"?',
      'scripts/b.sh: it has the name of scripts/a.sh, "One".',
    ])
  })

  test('a script that does not exist is refused with the one that was meant', async t => {
    const { api, projectRoot, lane, add, succeeded } = await open(t)
    writeFiles(projectRoot, files)
    const queue = await lane()
    const payload = { script_path: 'scrpts/deploy.sh', args: ['x'] }
    const meant = /There is no script "scrpts\/deploy\.sh"\. Did you mean "scripts\/deploy\.sh"\?$/
    const error = await refused(add(queue, { payload }), 'invalid', meant)
    assert.equal(error.hint, 'sparkq scripts list')
    const { id } = await succeeded(queue)
    const task = { queue_id: queue.id, tool_name: 'run-bash', payload }
    await refused(api.requeueTask({ id, payload }), 'invalid', meant)
    await refused(api.createTasks({ tasks: [task] }), 'invalid', meant)
    await refused(
      add(queue, { payload: { script_path: 'ship-it' } }),
      'invalid',
      /Did you mean "scripts\/deploy\.sh", which is called "ship-it"\?$/,
    )
    await refused(
      add(queue, { payload: { script_path: 'tools/y.sh' } }),
      'invalid',
      /Did you mean "tools\/x\.sh"\?$/,
    )
    fs.rmSync(path.join(projectRoot, 'scripts'), { recursive: true })
    const bare = await refused(
      add(queue, { payload }),
      'invalid',
      /There is no script "scrpts\/deploy\.sh"\.$/,
    )
    assert.match(bare.hint ?? '', /^ls /)
  })

  test('a script that is given less than it needs is queued with a warning', async t => {
    const { api, projectRoot, lane } = await open(t)
    writeFiles(projectRoot, files)
    const { id: queue_id } = await lane()
    const warnings = async (more: object) => {
      const payload = { script_path: 'scripts/deploy.sh', ...more }
      return (await api.createTask({ queue_id, tool_name: 'run-bash', payload })).warnings
    }
    assert.deepEqual(await warnings({}), [
      'scripts/deploy.sh: it says that it needs env; this task gives it nothing.',
    ])
    assert.deepEqual(await warnings({ args: ['staging'] }), [])
    assert.deepEqual(await warnings({ env: { ENV: 'staging' } }), [])
    assert.deepEqual(await warnings({ args: ['a', 'b', 'c'] }), [])
  })

  test('a script of another language that bash would run is queued with a warning and what mends it', async t => {
    const { api, projectRoot, lane } = await open(t)
    const { id: queue_id } = await lane()
    const node = '#!/usr/bin/env node\n'
    writeFiles(projectRoot, {
      'a b.js': node,
      'bare.ts': 'x\n',
      'fine.mjs': node,
      'plain.sh': 'true\n',
      'p.py': 'x\n',
    })
    fs.chmodSync(path.join(projectRoot, 'a b.js'), 0o644)
    const warnings = async (script_path: string, tool_name = 'run-bash') =>
      (await api.createTask({ queue_id, tool_name, payload: { script_path } })).warnings
    assert.deepEqual(await warnings('a b.js'), [
      "a b.js: bash will run it, as it is not executable: chmod +x 'a b.js'",
    ])
    assert.deepEqual(await warnings('bare.ts'), [
      'bare.ts: bash will run it, as its first line is not #!/usr/bin/env node: write that, then chmod +x bare.ts',
    ])
    for (const name of ['fine.mjs', 'plain.sh']) assert.deepEqual(await warnings(name), [])
    assert.deepEqual(await warnings('p.py', 'run-python'), [])
  })
}
