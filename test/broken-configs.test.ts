import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkConfig } from '../src/config.ts'
import { settings } from '../src/contract/settings.ts'

/**
 * A hundred files with one mistake each: every setting with a value that is none, every section and setting mistyped, and
 * what else can be wrong. `▸` stands before what is wrong, and is taken out before the text is read.
 */
type Broken = { what: string; text: string; words: RegExp }

/** Something above and below, so that a line is worth telling. */
const around = (text: string): string => `# The settings\nreview: {needs: []}\n\n${text}\n# the end\n`
const line = (namespace: string, key: string, value: string): string =>
  namespace === key ? `▸${key}: ${value}` : `${namespace}:\n  # a comment\n  ▸${key}: ${value}`

/** Fits none of them: neither a number, a word that is asked for, nor a list of texts. */
const wrongValues: Broken[] = settings
  .filter(it => it.namespace !== 'review')
  .map(({ namespace, key, name }) => ({
    what: `${name} of a wrong kind`,
    text: around(line(namespace, key, '{a: 1}')),
    words: new RegExp(`^${name.replace('.', '\\.')} must be `),
  }))

const turned = (word: string): string => word.slice(0, -2) + word.slice(-1) + word.slice(-2, -1)
const mistyped: Broken[] = settings
  .filter(
    it =>
      it.namespace !== 'review' && it.key.length > 2 && it.namespace !== it.key && turned(it.key) !== it.key,
  )
  .map(({ namespace, key }) => ({
    what: `${namespace}.${turned(key)}`,
    text: around(line(namespace, turned(key), '1')),
    words: new RegExp(`there is no setting "${namespace}\\.${turned(key)}"\\. Did you mean "${key}"\\?`),
  }))

const sections = [
  'project',
  'server',
  'database',
  'purge',
  'queue_runner',
  'limits',
  'notify',
  'review',
  'tools',
]
const wrongSections: Broken[] = sections.flatMap(name => [
  {
    what: `the section ${name}s`,
    text: `# x\n\n▸${name}x: {}\n`,
    words: new RegExp(`Did you mean "${name}"`),
  },
  {
    what: `${name} as a list`,
    text: `# x\n▸${name}: [1]\n`,
    words: new RegExp(`^${name} must be an object`),
  },
])

const others: Broken[] = [
  { what: 'a list as the file', text: '▸- a\n- b\n', words: /^the file must be an object/ },
  { what: 'a word as the file', text: '▸hello\n', words: /^the file must be an object/ },
  {
    what: 'a tool without a class',
    text: 'tools:\n  a:\n    ▸b:\n      timeout: 1\n'.replace('  a:\n  ', ''),
    words: /tools\.b\.task_class is missing/,
  },
  {
    what: 'a tool of a class that is not there',
    text: 'tools:\n  b:\n    ▸task_class: FAST_SCRIP\n',
    words: /Did you mean "FAST_SCRIPT"/,
  },
  {
    what: 'a command in one word',
    text: 'tools:\n  b:\n    task_class: LLM_LITE\n    ▸command: llm {prompt}\n',
    words: /command must be a list/,
  },
  {
    what: 'an empty command',
    text: 'tools:\n  b:\n    task_class: LLM_LITE\n    ▸command: []\n',
    words: /command must be a list that is not empty/,
  },
  {
    what: 'a command with a number',
    text: 'tools:\n  b:\n    task_class: LLM_LITE\n    command:\n      - llm\n      - ▸5\n',
    words: /command\.1 must be a text/,
  },
  {
    what: 'an agent that there is not',
    text: 'tools:\n  b:\n    task_class: LLM_LITE\n    ▸agent: clod\n',
    words: /tools\.b\.agent must be/,
  },
  {
    what: 'a permission mode that the agent has not',
    text: 'tools:\n  b:\n    task_class: LLM_LITE\n    agent: claude\n    ▸permission_mode: nope\n',
    words: /no permission mode "nope"/,
  },
  {
    what: 'turns for an agent that counts none',
    text: 'tools:\n  b:\n    task_class: LLM_LITE\n    agent: codex\n    ▸max_turns: 5\n',
    words: /knows no max_turns/,
  },
  {
    what: 'a model without an agent',
    text: 'tools:\n  b:\n    task_class: LLM_LITE\n    ▸model: opus\n',
    words: /model is for tools that have an agent/,
  },
  {
    what: 'an agent and a command',
    text: 'tools:\n  b:\n    task_class: LLM_LITE\n    agent: claude\n    ▸command: [cat]\n',
    words: /it is one or the other/,
  },
  {
    what: 'a budget below nothing',
    text: 'tools:\n  b:\n    task_class: LLM_LITE\n    agent: claude\n    ▸max_budget_usd: -1\n',
    words: /tools\.b\.max_budget_usd must be/,
  },
  {
    what: 'a command for run-bash',
    text: 'tools:\n  run-bash:\n    task_class: LLM_LITE\n    ▸command: [sh]\n',
    words: /run-bash runs scripts/,
  },
  {
    what: 'a tool with a blank in its name',
    text: 'tools:\n  ▸my tool: {task_class: LLM_LITE}\n',
    words: /possible name/,
  },
  {
    what: 'a class without a timeout',
    text: 'task_classes:\n  ▸QUICK: {}\n',
    words: /QUICK\.timeout is missing/,
  },
  {
    what: 'a class of half a second',
    text: 'task_classes:\n  QUICK:\n    ▸timeout: 0.5\n',
    words: /whole number/,
  },
  { what: 'a mode that is no other', text: 'database:\n  ▸mode: delete\n', words: /must be "wal"/ },
  { what: 'an unknown way of access', text: 'server:\n  ▸access: everyone\n', words: /one of local, open/ },
  {
    what: 'a host with a blank',
    text: 'server:\n  allowed_hosts:\n    - a\n    - ▸b c\n',
    words: /a host name or address/,
  },
  { what: 'the same key twice', text: 'server:\n  port: 1\n  ▸port: 2\n', words: /unique/i },
  { what: 'a tab', text: 'server:\n▸\tport: 1\n', words: /tab/i },
  { what: 'a quote that stays open', text: 'project:\n  name: "a\n▸', words: /quote/i },
  { what: 'a second document', text: 'server: {}\n▸---\nlimits: {}\n', words: /second document/ },
  { what: 'an alias of nothing', text: 'server: {}\nlimits: ▸*server\n', words: /no anchor/ },
  { what: 'an unknown tag', text: 'project:\n  name: ▸!env NAME\n', words: /no tag/ },
]

const tooSmall: Broken[] = settings
  .filter(({ schema }) => schema.minimum !== undefined || schema.exclusiveMinimum !== undefined)
  .map(({ namespace, key, name }) => ({
    what: `${name} of less than nothing`,
    text: around(line(namespace, key, '-1')),
    words: new RegExp(`^${name.replace('.', '\\.')} must be a .*number`),
  }))

const all = [...wrongValues, ...tooSmall, ...mistyped, ...wrongSections, ...others]

test('there are a hundred of them', () => {
  assert.ok(all.length >= 100, `${all.length}`)
})

for (const { what, text, words } of all) {
  test(`the place of ${what} is told`, () => {
    const before = text.slice(0, text.indexOf('▸')).split('\n')
    const { problems } = checkConfig(text.replace('▸', ''))
    const [first] = problems
    assert.ok(first)
    assert.deepEqual(
      [first.line, first.column],
      [before.length, (before.at(-1)?.length ?? 0) + 1],
      first.message,
    )
    assert.match(first.message, words)
  })
}

test('every mistake of a file is told, in the order of its lines', () => {
  const { problems } = checkConfig('limits:\n  a: 1\nserver:\n  port: x\n  b: 1\nnotify: 5\n')
  assert.deepEqual(
    problems.map(it => [it.line, it.name]),
    [
      [2, 'limits.a'],
      [4, 'server.port'],
      [5, 'server.b'],
      [6, 'notify'],
    ],
  )
})
