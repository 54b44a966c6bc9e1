import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noAgent } from '../../src/contract/tools.ts'
import { writeFiles } from '../support/folder.ts'
import type { Harness } from './harness.ts'

const config = `
task_classes:
  SHORT: { timeout: 10 }
  LONG: { timeout: 1000 }
tools:
  run-bash: { task_class: LONG }
  run-python: { task_class: LONG, timeout: 77 }
`

/** Where a task's timeout and class come from: the task, else the script's header, else the tool, else the class. */
export function resolving({ open }: Harness): void {
  const script = 'scripts/work.sh'
  const cases: [string, { tool?: string; header?: string; input?: object }, [string, number]][] = [
    ['the class of its tool', {}, ['LONG', 1000]],
    ['the timeout of its tool', { tool: 'run-python' }, ['LONG', 77]],
    ['the class of the script', { header: '# task_class: SHORT' }, ['SHORT', 10]],
    ['the timeout of the script', { header: '# timeout: 33' }, ['LONG', 33]],
    [
      'the timeout of the script over the tool’s',
      { tool: 'run-python', header: '# timeout: 33' },
      ['LONG', 33],
    ],
    ['class and timeout of the script', { header: '# timeout: 33\n# task_class: SHORT' }, ['SHORT', 33]],
    ['its own class', { input: { task_class: 'SHORT' } }, ['SHORT', 10]],
    [
      'its own class over the script’s',
      { header: '# task_class: LONG', input: { task_class: 'SHORT' } },
      ['SHORT', 10],
    ],
    [
      'its own timeout over everything',
      { tool: 'run-python', header: '# timeout: 33', input: { timeout: 5 } },
      ['LONG', 5],
    ],
    ['its own class and timeout', { input: { task_class: 'SHORT', timeout: 5 } }, ['SHORT', 5]],
    [
      'the timeout of the script, whatever its own class',
      { header: '# timeout: 33', input: { task_class: 'SHORT' } },
      ['SHORT', 33],
    ],
    [
      'the timeout of its tool, whatever the script’s class',
      { tool: 'run-python', header: '# task_class: SHORT' },
      ['SHORT', 77],
    ],
    [
      'the timeout of its tool, whatever its own class',
      { tool: 'run-python', input: { task_class: 'SHORT' } },
      ['SHORT', 77],
    ],
  ]
  for (const [what, { tool = 'run-bash', header = '', input }, expected] of cases) {
    test(`a task gets ${what}`, async t => {
      const { lane, add, projectRoot } = await open(t, { config })
      writeFiles(projectRoot, { [script]: `#!/usr/bin/env bash\n${header}\n\necho hello\n` })
      const queue = await lane()
      const task = await add(queue, { tool_name: tool, payload: { script_path: script }, ...input })
      assert.deepEqual([task.task_class, task.timeout], expected)
    })
  }

  test('listed are the tools and classes of the file', async t => {
    const { api } = await open(t, { config })
    const { tools } = await api.listTools()
    const plain = {
      ...{ description: null, task_class: 'LONG', command: null, source: 'file', hidden: false },
      ...noAgent,
    }
    assert.deepEqual(tools, [
      { ...plain, name: 'run-bash', timeout: null, kind: 'bash' },
      { ...plain, name: 'run-python', timeout: 77, kind: 'python' },
    ])
    assert.deepEqual(
      (await api.listTaskClasses()).task_classes.map(it => [it.name, it.timeout]),
      [
        ['SHORT', 10],
        ['LONG', 1000],
      ],
    )
  })

  const headers: [string, string, [string, number], RegExp | null][] = [
    ['words for a timeout', '#!/bin/sh\n# timeout: soon\n', ['LONG', 1000], /work\.sh:2: timeout "soon"/],
    ['a negative timeout', '# timeout: -5\n', ['LONG', 1000], /work\.sh:1: timeout "-5"/],
    ['a timeout of a fraction', '# timeout: 1.5\n', ['LONG', 1000], /:1: timeout "1.5"/],
    ['a timeout beyond a year', '# timeout: 99999999999999\n', ['LONG', 1000], /:1: timeout/],
    ['no name for a class', '# task_class: very fast\n', ['LONG', 1000], /:1: task_class "very fast"/],
    ['a class that is not there', '# task_class: MISSING\n', ['LONG', 1000], /task_class "MISSING"/],
    ['a timeout below its first statement', 'echo\n# timeout: 33\n', ['LONG', 1000], null],
    ['a timeout in a comment of //', '// timeout: 33\n', ['LONG', 33], null],
    ['lines that end as on Windows', '#!/bin/sh\r\n# timeout: 33\r\necho\r\n', ['LONG', 33], null],
    ['a byte order mark', '\uFEFF# timeout: 33\n', ['LONG', 33], null],
    ['bytes that are no text', '\0\u0001\0', ['LONG', 1000], null],
    ['nothing in it', '', ['LONG', 1000], null],
  ]
  for (const [what, text, expected, warning] of headers) {
    test(`a script with ${what} is taken${warning ? ', with a warning' : ''}`, async t => {
      const { api, lane, projectRoot } = await open(t, { config })
      writeFiles(projectRoot, { [script]: text })
      await lane()
      const { task, warnings } = await api.createTask({
        queue_id: 'auth',
        tool_name: 'run-bash',
        payload: { script_path: script },
      })
      assert.deepEqual([task.task_class, task.timeout], expected)
      assert.equal(warnings.length, warning ? 1 : 0, warnings.join())
      if (warning) assert.match(warnings[0] as string, warning)
    })
  }
}
