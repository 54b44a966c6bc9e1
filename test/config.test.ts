import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { findConfigFile, findProject, parseConfig, readProject } from '../src/config.ts'
import { defaultConfig } from '../src/contract/config.ts'
import { tempFolder, writeFiles } from './support/folder.ts'
import { refused } from './support/refused.ts'

test('an empty file means the defaults, and the project is called after its folder', t => {
  const root = path.join(tempFolder(t), 'shop')
  writeFiles(root, { 'sparkq.yml': '# nothing\n' })
  const project = readProject(path.join(root, 'sparkq.yml'))
  assert.deepEqual(project.config, { ...defaultConfig, project: { ...defaultConfig.project, name: 'shop' } })
  assert.deepEqual(
    [project.root, project.database, project.logs],
    [root, path.join(root, 'sparkq/data/sparkq.db'), path.join(root, 'sparkq/logs')],
  )
})

test('a section all of whose settings are commented out says nothing', () => {
  assert.deepEqual(parseConfig('server:\nlimits: {}\n', 'sparkq.yml'), { limits: {} })
})

test('what the file says wins, setting by setting; tools, classes and folders it names are all there are', t => {
  const root = tempFolder(t)
  writeFiles(root, {
    'sparkq.yml': `
project: { name: Shop, repo_path: code }
server: { port: 0 }
database: { path: ../elsewhere/q.db, mode: wal }
purge: { older_than_days: 0.5 }
limits: { fail_factor: 3 }
review: { needs: [] }
task_classes:
  QUICK: { timeout: 5, description: A moment }
tools:
  run-bash: { task_class: QUICK, timeout: 7 }
script_dirs: []
`,
  })
  const { config, root: code, database } = readProject(path.join(root, 'sparkq.yml'))
  assert.deepEqual(config, {
    ...defaultConfig,
    project: { name: 'Shop', repo_path: 'code', prd_path: null },
    server: { port: 0, host: '0.0.0.0', access: 'local', allowed_hosts: [] },
    database: { path: '../elsewhere/q.db', mode: 'wal' },
    purge: { older_than_days: 0.5, keep_unreviewed: false },
    limits: { ...defaultConfig.limits, fail_factor: 3 },
    review: { needs: [], changes: 'agents' },
    task_classes: { QUICK: { timeout: 5, description: 'A moment' } },
    tools: { 'run-bash': { task_class: 'QUICK', timeout: 7 } },
    script_dirs: [],
  })
  assert.deepEqual([code, database], [path.join(root, 'code'), path.resolve(root, '../elsewhere/q.db')])
})

test('the project is found from any folder in it; the nearest one counts', t => {
  const root = tempFolder(t)
  writeFiles(root, { 'sparkq.yml': '', 'a/b/c/file': '', 'a/b/sparkq.yml': '' })
  assert.equal(findConfigFile(path.join(root, 'a'), {}), path.join(root, 'sparkq.yml'))
  assert.equal(findConfigFile(path.join(root, 'a/b/c'), {}), path.join(root, 'a/b/sparkq.yml'))
  assert.equal(findProject(path.join(root, 'a/b/c'), {}).root, path.join(root, 'a/b'))
})

test('SPARKQ_CONFIG names another file, also one of another name', async t => {
  const root = tempFolder(t)
  writeFiles(root, { 'sparkq.yml': '', 'other/queue.yaml': 'server: { port: 1 }' })
  const project = findProject(root, { SPARKQ_CONFIG: 'other/queue.yaml' })
  assert.deepEqual([project.config.server.port, project.root], [1, path.join(root, 'other')])
  const env = { SPARKQ_CONFIG: path.join(root, 'missing.yml') }
  await refused(() => findProject(root, env), 'not_found', /SPARKQ_CONFIG names .*missing\.yml/)
  assert.equal(findConfigFile(root, { SPARKQ_CONFIG: '' }), path.join(root, 'sparkq.yml'))
})

test('where there is no project, the next command is said', async t => {
  const error = await refused(() => findProject(tempFolder(t), {}), 'not_found', /not a SparkQ project/)
  assert.match(error.hint ?? '', /sparkq setup/)
})

test('a file that cannot be read is refused in words', async t => {
  const root = tempFolder(t)
  fs.mkdirSync(path.join(root, 'sparkq.yml'))
  await refused(() => readProject(path.join(root, 'sparkq.yml')), 'unusable', /cannot be read \(EISDIR\)/)
})

/** Ten lines that stand for ten thousand million values. */
function bomb(): string {
  const lines = ['a: &a [x, x, x, x, x, x, x, x, x, x]']
  for (const [i, name] of [...'bcdefghij'].entries())
    lines.push(`${name}: &${name} [${Array(10).fill(`*${'abcdefghi'[i]}`).join(', ')}]`)
  return lines.join('\n')
}

/** The text, where its mistake stands (line:column), and what is said of it. */
const broken: [string, string, string, RegExp][] = [
  [
    'a section nobody knows',
    'project: {}\nserverr: {}',
    '2:1',
    /no setting "serverr"\. Did you mean "server"\?/,
  ],
  ['a setting nobody knows', 'server:\n  prot: 1', '2:3', /no setting "server.prot"\. Did you mean "port"\?/],
  ['one that is like nothing', 'zzzzzzzz: 1', '1:1', /no setting "zzzzzzzz"\.$/],
  [
    'a text for a number',
    'server:\n  port: "80"',
    '2:3',
    /server\.port must be a whole number from 0 to 65535/,
  ],
  ['a port beyond all', 'server: { port: 70000 }', '1:11', /server\.port must be a whole number/],
  ['half a port', 'server: { port: 80.5 }', '1:11', /whole number/],
  [
    'a host that is an address of a page',
    'server: { allowed_hosts: ["http://x/"] }',
    '1:27',
    /a host name or address/,
  ],
  ['a list for a section', 'server: [1]', '1:1', /server must be an object/],
  ['a text alone', 'hello', '1:1', /the file must be an object/],
  ['a list alone', '- a\n- b', '1:1', /the file must be an object/],
  ['another journal', 'database:\n  mode: delete', '2:3', /database\.mode must be "wal"/],
  ['an empty path', 'database: { path: "" }', '1:13', /database\.path must not be empty/],
  ['a negative age', 'purge:\n  older_than_days: -1', '2:3', /from 0 to 36500/],
  ['an age without end', 'purge: { older_than_days: .inf }', '1:10', /a number/],
  ['a yes in words', 'purge: { keep_unreviewed: "yes" }', '1:10', /true or false/],
  ['a factor of nothing', 'limits:\n  fail_factor: 0', '2:3', /from 0\.01 to 100/],
  [
    'a review of who knows what',
    'review:\n  needs:\n    - failures\n    - mood',
    '4:7',
    /needs\.1 must be one of failures/,
  ],
  [
    'a class without a timeout',
    'task_classes:\n  QUICK: {}',
    '2:3',
    /task_classes\.QUICK\.timeout is missing/,
  ],
  ['a class of no time', 'task_classes:\n  QUICK: { timeout: 0 }', '2:12', /QUICK\.timeout must be/],
  [
    'a class with more',
    'task_classes:\n  Q: { timeout: 1, tiemout: 2 }',
    '2:20',
    /"task_classes\.Q\.tiemout".*"timeout"/,
  ],
  ['a tool without a class', 'tools:\n  run-bash: {}', '2:3', /tools\.run-bash\.task_class is missing/],
  [
    'a tool of an unknown class',
    'tools:\n  run-bash: { task_class: FAST_SCRIP }',
    '2:15',
    /no task class "FAST_SCRIP"\. Did you mean "FAST_SCRIPT"\?/,
  ],
  [
    'a tool of the beginning of a class',
    'tools:\n  run-bash: { task_class: FAST }',
    '2:15',
    /no task class "FAST"\. Did you mean "FAST_SCRIPT"\?/,
  ],
  [
    'a tool of a default class, where the file has its own',
    'task_classes: { QUICK: { timeout: 1 } }\ntools:\n  run-bash: { task_class: FAST_SCRIPT }',
    '3:15',
    /no task class "FAST_SCRIPT"/,
  ],
  ['a name of 101 characters', `project: { name: ${'x'.repeat(101)} }`, '1:12', /at most 100 characters/],
  ['a folder that is a number', 'script_dirs: [scripts, 5]', '1:24', /script_dirs\.1 must be a text/],
  ['a key with a slash', 'server:\n  a/b~c: 1', '2:3', /"server\.a\/b~c"/],
  ['a tab', 'server:\n\tport: 1', '2:1', /tab/i],
  ['a bracket that stays open', 'script_dirs: [a, b', '1:19', /\]/],
  ['the same key twice', 'server: {}\nserver: {}', '2:1', /unique/i],
  ['a brace that stays open', 'server: { port: 1', '1:18', /a "\}" is missing here/],
  ['two documents', 'server: {}\n---\nlimits: {}', '2:1', /a second document begins here/],
  ['a tag nobody knows', 'project:\n  name: !secret x', '2:9', /there is no tag "!secret"\.$/],
  ['references that unfold without end', bomb(), '2:8', /the references unfold to too much/],
  ['a reference to nothing', 'server: *nothing', '1:9', /nothing/],
]
for (const [what, text, place, words] of broken) {
  test(`${what} is a mistake at ${place}`, async () => {
    const error = await refused(() => parseConfig(text, '/project/sparkq.yml'), 'invalid', words)
    assert.ok(error.message.startsWith(`sparkq.yml:${place}: `), error.message)
    assert.equal(error.hint, 'edit /project/sparkq.yml')
  })
}

test('classes of the file’s own must serve the tools that it leaves to the defaults', async () => {
  const text = 'task_classes:\n  QUICK: { timeout: 5 }\n'
  await refused(() => parseConfig(text, 'sparkq.yml'), 'invalid', /MEDIUM_SCRIPT/)
})
