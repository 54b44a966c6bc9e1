import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { parsed } from './support.ts'

const md = (text: string) => parsed(text, 'md')

const plans: [what: string, text: string, works: string[]][] = [
  [
    'open boxes of any list',
    '- [ ] a\n* [ ] b\n+ [ ] c\n1. [ ] d\n2) [ ] e\n',
    ['a', 'b', 'c', 'd', 'e'].map(it => `prompt ${it}`),
  ],
  ['what is indented', '- [ ] a\n  b\n\n  c\n    d\n', ['prompt a\nb\n\nc\n  d']],
  ['a paragraph that goes on without being indented', '- [ ] a\nb\n\nc\n', ['prompt a\nb']],
  ['a paragraph right after a block', '- [ ] a\n  ```bash\n  ls\n  ```\nfor people\n', ['command # a\nls']],
  [
    'lists below a box, with their boxes',
    '- [ ] a\n  - b\n  - [ ] c\n  - [x] d\n',
    ['prompt a\n- b\n- [ ] c\n- [x] d'],
  ],
  [
    'boxes below a list without boxes',
    '- group\n  - [ ] a\n    more\n  - [ ] b\n',
    ['prompt a\nmore', 'prompt b'],
  ],
  ['open boxes below a ticked one', '- [x] a\n  note\n  - [ ] b\n', ['prompt b']],
  ['a block of bash', '- [ ] t\n  ```bash\n  a\n    b\n  ```\n', ['command # t\na\n  b']],
  [
    'a block of sh with words around it',
    '- [ ] t\n  u\n\n  ~~~sh\n  a\n  ~~~\n  v\n',
    ['command # t\n# u\n# v\na'],
  ],
  ['a block that is not indented', '- [ ] t\n\n```sh\n\ta\n```\n', ['command # t\n\ta']],
  [
    'a block of python',
    '1. [ ] t\n   ```python title="x"\n   if 1:\n       a\n   ```\n',
    ['code # t\nif 1:\n    a'],
  ],
  ['a block alone', '- [ ]\n  ```sh\n  a\n  ```\n', ['command a']],
  ['a block of anything else', '- [ ] t\n  ```diff\n  -a\n  ```\n', ['prompt t\n```diff\n-a\n```']],
  [
    'a block of prompt',
    '- [ ] t\n  ````prompt\n  ```sh\n  # x\n  - [ ] a\n  ```\n  ````\n',
    ['prompt t\n```sh\n# x\n- [ ] a\n```'],
  ],
  [
    'a block of bash in a list below the box',
    '- [ ] t\n  - u\n    ```bash\n    a\n    ```\n',
    ['prompt t\n- u\n  ```bash\n  a\n  ```'],
  ],
  [
    'a block of bash for a tool that takes prompts',
    '- [ ] t {tool=llm-codex}\n  ```bash\n  a\n  ```\n',
    ['prompt t\n```bash\na\n```'],
  ],
  [
    'blocks that only look like others',
    '- [ ] t\n  ```constructor\n  a\n  ```\n',
    ['prompt t\n```constructor\na\n```'],
  ],
  [
    'a script between backticks',
    '- [ ] `scripts/x.sh a --b=c`\n- [ ] `./y.py`\n',
    ['script scripts/x.sh a --b=c', 'script ./y.py'],
  ],
  [
    'a command between backticks',
    '- [ ] `make test`\n- [ ] `./x.sh | tee log`\n- [ ] `` echo `date` ``\n- [ ] `./x.sh "a b"`\n',
    ['command make test', 'command ./x.sh | tee log', 'command echo `date`', 'command ./x.sh "a b"'],
  ],
  [
    'words with backticks in them',
    '- [ ] `a` and `b`\n- [ ] run `x.sh`\n- [ ] `x.sh`\n  first\n',
    ['prompt `a` and `b`', 'prompt run `x.sh`', 'prompt `x.sh`\nfirst'],
  ],
  ['no link and no other bracket', '- [link](x)\n- [a b] c\n- [ ]\ttab\n', ['prompt tab']],
  ['no example in prose', 'See:\n\n```md\n- [ ] a\n```\n\n> - [ ] b\n', []],
  [
    'nothing that is commented out',
    '<!--\n- [ ] a\n-->\n<!-- - [ ] b -->\n- [ ] c\n  <!-- note -->\n',
    ['prompt c'],
  ],
  ['no rule', '- [ ] a\n---\nb\n* * *\n- [ ] c\n', ['prompt a', 'prompt c']],
  ['no table', '- [ ] a\n| b |\n', ['prompt a']],
  ['an empty text', '', []],
]
for (const [what, text, works] of plans) {
  test(`a checklist: ${what}`, () => {
    const { tasks, problems } = md(text)
    assert.deepEqual(problems, [])
    assert.deepEqual(
      tasks.map(([work]) => work),
      works,
    )
  })
}

test('ticked boxes and items without a box are counted, wherever they are not part of a task', () => {
  const { tasks, done, unboxed } = md('- a\n- [x] b\n- [X] c\n  - [-] d\n- [ ] e\n  - f\n  - [x] g\n')
  assert.deepEqual([tasks.length, done, unboxed], [1, 3, 1])
})

test('a heading names the lane until the next heading of its level', () => {
  const { tasks } = md(
    '- [ ] a\n# lane: auth #\n- [ ] b\n## Details\n- [ ] c\n## Queue: `Back End`\n- [ ] d {lane=web}\n- [ ] e\n## Other\n- [ ] f\n# End\n- [ ] g\n',
  )
  assert.deepEqual(
    tasks.map(([, options]) => (options as { lane?: string }).lane),
    [undefined, 'auth', 'auth', 'web', 'Back End', 'auth', undefined],
  )
})

test('the head counts for all, and a box may say more', () => {
  const { head, tasks, lines } = md(
    '---\nlane: auth\ntimeout: 900\nenv: {A: x}\nin: 30m\n---\n\n- [ ] a {timeout=60 max_attempts=2 at="2030-01-01 02:00" key=k}\n- [ ] {b}\n- [ ] c `{a=b}`\n',
  )
  assert.deepEqual(head, { lane: 'auth', timeout: 900, env: { A: 'x' }, in: '30m' })
  assert.deepEqual(tasks, [
    ['prompt a', { timeout: 60, max_attempts: 2, at: '2030-01-01 02:00', key: 'k' }],
    ['prompt {b}', {}],
    ['prompt c `{a=b}`', {}],
  ])
  assert.deepEqual(lines, [8, 9, 10])
})

const mistakes: [text: string, problems: string[]][] = [
  ['- [ ]\n', ['1:1 this box says nothing.']],
  ['# lane:\n', ['1:1 this heading names no lane.']],
  ['a\n\n- [ ] x\n  ```sh\n  a\n', ['4:3 the block that begins here is never closed with ```.']],
  ['~~~~\n~~~\n', ['1:1 the block that begins here is never closed with ~~~~.']],
  ['- [ ] x\n  ```sh\n\n  ```\n', ['2:3 there is nothing in this block.']],
  [
    '- [ ] x\n  ```sh\n  a\n  ```\n  ```py\n  b\n  ```\n',
    ['5:3 a second block to run: a task does one thing. Give it a box of its own.'],
  ],
  ['<!-- a\n- [ ] b\n', ['1:1 the comment that begins here is never closed with -->.']],
  ['---\nlane: a\n', ['1:1 the head that begins here is never closed with ---.']],
  ['---\nlane: a\nlane: b\n---\n- [ ] x\n', ['3:1 Map keys must be unique.']],
  ['---\n- a\n---\n- [ ] x\n', ['2:1 the head of a plan must be keys with values.']],
  [
    '---\nlan: a\ntimeout: 1.5\n---\n- [ ] x\n',
    [
      '2:1 the head of a plan has no "lan". Did you mean "lane"?',
      '3:1 timeout must be a whole number from 1 to 31536000.',
    ],
  ],
  ['- [ ] x {timeuot=5}\n', ['1:1 a task has no "timeuot". Did you mean "timeout"?']],
  ['- [ ] x {timeout=soon}\n', ['1:1 timeout must be a whole number from 1 to 31536000.']],
  ['- [ ] x {lane=a queue=b}\n', ['1:1 "lane" and "queue" are the same thing.']],
]
for (const [text, problems] of mistakes) {
  test(`${JSON.stringify(text)} has a mistake, at its place`, () => {
    assert.deepEqual(md(text).problems.toSorted(), problems)
  })
}

test('the plan in the README is what the README says of it', () => {
  const readme = fs.readFileSync(path.join(import.meta.dirname, '../../README.md'), 'utf8')
  const [, plan = ''] = /````markdown\n(.*?)````/s.exec(readme) ?? []
  const { head, tasks, done, problems } = md(plan)
  assert.deepEqual([head, done, problems], [{ lane: 'auth' }, 1, []])
  assert.deepEqual(
    tasks.map(([work, options]) => [(work as string).split(/[\s]/)[0], options]),
    [
      ['prompt', { tool: 'llm-sonnet', timeout: 1800 }],
      ['script', {}],
      ['command', {}],
      ['prompt', { lane: 'docs' }],
    ],
  )
})
