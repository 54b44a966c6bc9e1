import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatOf } from '../../src/plans/parse.ts'
import { parsed } from './support.ts'

test('YAML says for all tasks, and of each, what it does and how', () => {
  const { head, tasks, lines, problems } = parsed(
    `queue: auth
tool: llm-haiku
tasks:
  - Fix the login test
  - command: |
      make
      make test
    env: {A: "1"}
  - script: scripts/x.sh
    args: [a, "2"]
    class: FAST_SCRIPT
  - {code: print(1), at: 02:00, max_attempts: 3, key: k}
  - payload: {any: [1]}
    tool: mine
    queue_id: web
`,
    'yaml',
  )
  assert.deepEqual(problems, [])
  assert.deepEqual(head, { lane: 'auth', tool: 'llm-haiku' })
  assert.deepEqual(tasks, [
    ['prompt Fix the login test', {}],
    ['command make\nmake test', { env: { A: '1' } }],
    ['script scripts/x.sh a 2', { class: 'FAST_SCRIPT' }],
    ['code print(1)', { at: '02:00', max_attempts: 3, key: 'k' }],
    ['payload {"any":[1]}', { tool: 'mine', lane: 'web' }],
  ])
  assert.deepEqual(lines, [4, 5, 9, 12, 13])
})

test('YAML may be the list alone, and share parts by anchors', () => {
  const { tasks, problems } = parsed(
    '- &a {command: x, env: &e {A: b}}\n- *a\n- {code: y, env: *e}\n',
    'yaml',
  )
  assert.deepEqual(problems, [])
  assert.deepEqual(tasks, [
    ['command x', { env: { A: 'b' } }],
    ['command x', { env: { A: 'b' } }],
    ['code y', { env: { A: 'b' } }],
  ])
})

test('JSON has a task a line, in the words of the API too', () => {
  const { tasks, lines, problems } = parsed(
    '{"command": "x", "timeout": 5}\n\n"Fix it"\n{"queue_id": "a", "tool_name": "run-bash", "payload": {"command": "y"}, "idempotency_key": "k", "not_before": "2030-01-01T00:00:00Z"}\n',
    'jsonl',
  )
  assert.deepEqual(problems, [])
  assert.deepEqual(tasks, [
    ['command x', { timeout: 5 }],
    ['prompt Fix it', {}],
    ['payload {"command":"y"}', { lane: 'a', tool: 'run-bash', key: 'k', at: '2030-01-01T00:00:00Z' }],
  ])
  assert.deepEqual(lines, [1, 3, 4])
})

const bomb = `a: &a [x, x, x, x, x, x, x, x, x]\n${'bcdefghi'
  .split('')
  .map((it, i) => `${it}: &${it} [${Array(9).fill(`*${'abcdefgh'[i]}`)}]`)
  .join('\n')}\n`

const mistakes: ['yaml' | 'jsonl', text: string, problems: (string | RegExp)[]][] = [
  ['yaml', '', ['1:1 a plan is a list of tasks, or has "tasks".']],
  ['yaml', 'lane: a\n', ['1:1 a plan needs "tasks", a list.']],
  ['yaml', 'lane: a\ntasks: {}\n', ['2:1 "tasks" must be a list.']],
  [
    'yaml',
    'task:\n  - x\n',
    ['1:1 the head of a plan has no "task". Did you mean "tasks"?', '1:1 a plan needs "tasks", a list.'],
  ],
  ['yaml', '- command: [\n', [/^\d:\d a "]" is missing here/]],
  ['yaml', '- a\n---\n- b\n', ['2:1 a second document begins here; the file may hold only one.']],
  ['yaml', '- *x\n', ['1:3 there is no anchor "x".']],
  ['yaml', bomb, ['2:8 the references unfold to too much.']],
  ['yaml', '- null\n- 5\n- [x]\n', ['1:3', '2:3', '3:3'].map(it => `${it} a task must be keys with values.`)],
  ['yaml', '- {}\n', ['1:3 a task needs one of prompt, command, script, code, payload.']],
  ['yaml', '- prompt: x\n  command: y\n', ['2:3 either prompt or command: a task does one thing.']],
  ['yaml', '- command: x\n  args: [y]\n', ['2:3 args belong to a script, not to a command.']],
  ['yaml', '- prompt: "  "\n', ['1:3 prompt must not be blank.']],
  ['yaml', '- command: x\n  env:\n    A: 1\n', ['3:5 env.A must be a text; a number needs quotes.']],
  ['yaml', '- script: x\n  args:\n    - 1\n', ['3:7 args.0 must be a text; a number needs quotes.']],
  ['yaml', '- comand: x\n', ['1:3 a task has no "comand". Did you mean "command"?']],
  ['yaml', '- command: x\n  __proto__: y\n', ['2:3 a task has no "__proto__".']],
  ['yaml', '- "command: x\n', [/^\d:\d /]],
  ['yaml', '- !!js/function x\n', [/^1:3 there is no tag/]],
  ['jsonl', '{"command": "x"}\n{"command": }\n', ["2:1 this line is not JSON: Unexpected token '}'."]],
  ['jsonl', '{"command": "x"\n', [/^1:\d+ this line is not JSON: /]],
  ['jsonl', '[]\n# x\n', ['1:1 a task must be keys with values.', /^2:1 this line is not JSON/]],
  [
    'jsonl',
    '{"command": "x", "timeout": "5"}\n',
    ['1:18 timeout must be a whole number from 1 to 31536000.'],
  ],
  ['jsonl', `${'[\n'}`, [/^1:\d+ this line is not JSON/]],
]
for (const [format, text, problems] of mistakes) {
  test(`${format} ${JSON.stringify(text.slice(0, 40))} has a mistake, at its place`, () => {
    const found = parsed(text, format).problems
    assert.equal(found.length, problems.length, found.join('\n'))
    for (const [i, problem] of problems.entries()) {
      if (typeof problem === 'string') assert.equal(found[i], problem)
      else assert.match(found[i] as string, problem)
    }
  })
}

test('all the mistakes of a plan are found, not just the first', () => {
  const text = Array.from({ length: 50 }, (_, i) => `{"comand": "${i}"}`).join('\n')
  assert.equal(parsed(text, 'jsonl').problems.length, 50)
})

const bytes = (...parts: (string | number[])[]) => Buffer.concat(parts.map(it => Buffer.from(it as string)))

test('line breaks of any kind and a byte order mark make no difference', () => {
  const plan = '---\nlane: a\n---\n- [ ] t\n  ```sh\n  x\n  ```\n- [ ] `y.sh`\n'
  const plain = parsed(plan, 'md')
  assert.equal(plain.tasks.length, 2)
  assert.deepEqual(parsed(bytes([0xef, 0xbb, 0xbf], plan.replaceAll('\n', '\r\n')), 'md'), plain)
  const yaml = 'lane: a\ntasks:\n  - x\n'
  assert.deepEqual(
    parsed(bytes([0xef, 0xbb, 0xbf], yaml.replaceAll('\n', '\r\n')), 'yaml'),
    parsed(yaml, 'yaml'),
  )
})

const broken: [what: string, text: Uint8Array, problem: string][] = [
  ['a NUL', bytes('- [ ] a\n- [ ] b\0c\n'), '2:8 there is a NUL character here.'],
  ['Latin-1', bytes('- [ ] a\n- [ ] caf', [0xe9], '\n'), '2:1 this is not UTF-8.'],
  [
    'UTF-16',
    bytes([0xff, 0xfe], Buffer.from('- [ ] a\n', 'utf16le').toString('latin1')),
    '1:1 this is not UTF-8.',
  ],
  ['a character cut in two', bytes('- [ ] a', [0xe2, 0x98]), '1:1 this is not UTF-8.'],
]
for (const [what, text, problem] of broken) {
  test(`${what} is refused, with its line`, () => {
    for (const format of ['md', 'yaml', 'jsonl'] as const)
      assert.deepEqual(parsed(text, format).problems, [problem])
  })
}

test('nesting without end is refused, not run into', () => {
  const deep = '['.repeat(100_000)
  assert.equal(parsed(`- ${deep}`, 'yaml').problems.length, 1)
  assert.equal(parsed(`{"payload": ${deep}`, 'jsonl').problems.length, 1)
  assert.deepEqual(parsed(`- [ ] ${deep}`, 'md').tasks, [[`prompt ${deep}`, {}]])
})

test('thousands of tasks are read in each format', () => {
  const many = 5000
  const lines = (line: (i: number) => string) => Array.from({ length: many }, (_, i) => line(i)).join('\n')
  const texts = {
    md: lines(i => `- [ ] task ${i}\n\n  \`\`\`sh\n  echo ${i}\n  \`\`\`\n`),
    yaml: `tasks:\n${lines(i => `  - command: echo ${i}`)}`,
    jsonl: lines(i => `{"command": "echo ${i}"}`),
  }
  for (const format of ['md', 'yaml', 'jsonl'] as const) {
    const { tasks, problems } = parsed(texts[format], format)
    assert.deepEqual([tasks.length, problems], [many, []], format)
    assert.match(tasks.at(-1)?.[0] as string, /echo 4999$/)
  }
})

test('lines that are hard to match are read in one go', () => {
  const long = 100_000
  for (const line of [
    `- [ ] {${'a=b '.repeat(long / 4)}`,
    `- [ ] {${'a='.repeat(long / 2)}`,
    `- [ ] \`${' '.repeat(long)}x`,
    `- [ ] ${'`'.repeat(long)}x`,
    `# ${' '.repeat(long)}x`,
    `# ${'#'.repeat(long)}x`,
    `${'- '.repeat(long)}x`,
    `${'\t'.repeat(long)}x`,
    `\`\`\`${'~'.repeat(long)}\n\`\`\``,
  ])
    assert.deepEqual(parsed(line, 'md').problems, [])
})

test('the name of a file says its format, or does not', () => {
  const names = [
    'a.md',
    'a.MARKDOWN',
    'x/a.yaml',
    'a.yml',
    'a.jsonl',
    'a.ndjson',
    'a.txt',
    'md',
    '-',
    'a.constructor',
  ]
  const none = undefined
  assert.deepEqual(names.map(formatOf), [
    'md',
    'md',
    'yaml',
    'yaml',
    'jsonl',
    'jsonl',
    none,
    none,
    none,
    none,
  ])
})
