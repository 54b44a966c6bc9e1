import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Answers, type Found, questions, usualAnswers } from '../../src/cli/setup/questions.ts'
import type { Standing } from '../../src/cli/setup/standing.ts'
import { openQuestions } from '../../src/cli/setup/talk.ts'
import { SparkqError } from '../../src/contract/errors.ts'
import { nothingFound } from './set-up.ts'

const found: Found = {
  ...nothingFound('/home/me/my-project'),
  scripts: [
    { folder: 'tools', count: 1 },
    { folder: 'ci', count: 12 },
  ],
  prd_path: 'docs/PRD.md',
  port: 5007,
  takenBy: 'by process 12 (node)',
  kindOf: relative => ({ tools: 'folder', ci: 'folder', 'a b': 'folder', 'x.md': 'file' })[relative] as never,
}
const question = (key: keyof Answers) => {
  const it = questions.find(other => other.key === key)
  assert.ok(it)
  return it
}
const empty: Standing = { project: undefined, mistake: undefined, has_database: false, queues: [] }
const keys = (standing: Standing, given: Partial<Answers> = {}) =>
  openQuestions(standing, given).map(({ key }) => key)

test('setup proposes what it found, and else what is usual', () => {
  assert.deepEqual(usualAnswers(found), {
    name: 'my-project',
    repo_path: '.',
    prd_path: 'docs/PRD.md',
    script_dirs: ['tools', 'ci'],
    timeouts: { FAST_SCRIPT: 120, MEDIUM_SCRIPT: 600, LLM_LITE: 480, LLM_HEAVY: 1200 },
    port: 5007,
    session: 'default',
    queue: 'default',
    examples: false,
  })
  const { name, script_dirs, prd_path, port } = usualAnswers(nothingFound('/'))
  assert.deepEqual([name, script_dirs, prd_path, port], ['project', ['scripts'], null, 5005])
  assert.equal(usualAnswers(nothingFound(`/${'x'.repeat(150)}`)).name.length, 100)
})

test('it says what it found where that decides', () => {
  assert.deepEqual(question('script_dirs').about?.(found), ['tools has 1 script, ci has 12 scripts.'])
  assert.deepEqual(question('port').about?.(found), [
    'Port 5005 is taken by process 12 (node); 5007 is free.',
  ])
  assert.deepEqual(question('port').about?.(nothingFound('/x')), [])
})

test('what is proposed, typed as it is shown, is the same answer', () => {
  for (const it of questions) {
    const usual = it.usual(found)
    const shown = it.show(usual)
    if (shown !== 'none' && it.key !== 'prd_path' && it.key !== 'repo_path')
      assert.deepEqual(it.read(shown, found), usual, it.key)
  }
})

const good: [keyof Answers, string, unknown][] = [
  ['name', 'q2 "x"', 'q2 "x"'],
  ['repo_path', 'tools', 'tools'],
  ['prd_path', 'x.md', 'x.md'],
  ['prd_path', '-', null],
  ['script_dirs', ' scripts, a b ,tools,tools', ['scripts', 'a b', 'tools']],
  [
    'timeouts',
    'fast_script=90s, LLM_HEAVY=2h',
    { ...usualAnswers(found).timeouts, FAST_SCRIPT: 90, LLM_HEAVY: 7200 },
  ],
  ['port', '0', 0],
  ['port', '65535', 65_535],
  ['session', 'Größe 1', 'Größe 1'],
  ['examples', 'YES', true],
  ['examples', 'n', false],
]
for (const [key, text, answer] of good)
  test(`"${text}" answers ${key}`, () => assert.deepEqual(question(key).read(text, found), answer))

const bad: [keyof Answers, string, string][] = [
  ['name', 'x'.repeat(101), 'The name of a project has at most 100 characters; this one has 101.'],
  ['repo_path', 'x.md', 'There is no folder "x.md" here.'],
  ['prd_path', 'tools', 'There is no file "tools" here.'],
  ['script_dirs', 'tools, nowhere', 'There is no folder "nowhere" here.'],
  ['timeouts', 'LLM_HAEVY=3', 'There is no task class "LLM_HAEVY". Did you mean "LLM_HEAVY"?'],
  [
    'timeouts',
    'FAST_SCRIPT=0',
    '"FAST_SCRIPT=0" is not a timeout: write LLM_HEAVY=1800 (seconds) or LLM_HEAVY=30m.',
  ],
  ['timeouts', '30m', '"30m" is not a timeout: write LLM_HEAVY=1800 (seconds) or LLM_HEAVY=30m.'],
  ['port', '65536', 'A port is a whole number from 0 to 65535; "65536" is not.'],
  ['port', '-1', 'A port is a whole number from 0 to 65535; "-1" is not.'],
  ['queue', 'que_1', '"que_1" looks like an id; a name does not.'],
  ['session', 'a\tb', 'The name of a session has no control characters.'],
  ['examples', 'maybe', 'Type y or n; "maybe" is neither.'],
]
for (const [key, text, sentence] of bad)
  test(`"${text.slice(0, 20)}" does not answer ${key}, and setup says why`, () => {
    assert.throws(
      () => question(key).read(text, found),
      error => error instanceof SparkqError && error.code === 'invalid' && error.message === sentence,
    )
  })

test('what is there, and what was typed, is not asked', () => {
  const project = {} as Standing['project']
  assert.deepEqual(
    keys(empty),
    questions.map(({ key }) => key),
  )
  assert.deepEqual(keys(empty, { port: 0, queue: 'auth', examples: false }), [
    ...['name', 'repo_path', 'prd_path', 'script_dirs', 'timeouts', 'session'],
  ])
  assert.deepEqual(keys({ ...empty, project }), ['session', 'queue'])
  assert.deepEqual(keys({ ...empty, project, has_database: true, queues: ['auth'] }), [])
  assert.deepEqual(keys({ ...empty, project, has_database: true, queues: ['auth'] }, { queue: 'api' }), [
    'session',
  ])
  // A database that only another version can read, and one beside a file with a mistake.
  assert.deepEqual(keys({ ...empty, project, has_database: true, queues: undefined }), [])
  assert.deepEqual(keys({ project, mistake: 'x', has_database: true, queues: [] }), [])
})
