import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { usualAnswers } from '../../src/cli/setup/questions.ts'
import { renderConfig } from '../../src/cli/setup-config.ts'
import { parseConfig } from '../../src/config.ts'
import { defaultConfig } from '../../src/contract/config.ts'
import { isPortFree, nextFreePort } from '../../src/server/free-port.ts'
import { fakeAgents } from '../agents/fake-agents.ts'
import { emptySite, type Site } from './run-cli.ts'
import { nothingFound } from './set-up.ts'

const mode = (file: string) => (fs.statSync(file).mode & 0o777).toString(8)

/** Every file below, with its bytes. */
function contents(folder: string): Record<string, string> {
  const names = fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
  return Object.fromEntries(
    names
      .map(entry => path.join(entry.parentPath, entry.name))
      .filter(file => !/-(wal|shm)$/.test(file))
      .map(file => [path.relative(folder, file), fs.readFileSync(file, 'latin1')]),
  )
}

async function list(sparkq: Site['sparkq'], what: string) {
  return JSON.parse((await sparkq([what, 'list', '--json'])).stdout)[`${what}s`]
}

describe('setup', { concurrency: 4 }, () => {
  test('makes a project that works at once', async t => {
    const { sparkq, folder } = emptySite(t)
    const { stdout, stderr, code } = await sparkq(['setup', '--yes'])
    assert.equal(code, 0)
    assert.match(stdout, /^Set up SparkQ in .*project\n {2}made {2}sparkq\.yml\n/)
    assert.equal(stderr.split('\n').filter(line => line.startsWith('  sparkq ')).length, 3)
    const [session] = await list(sparkq, 'session')
    const [queue] = await list(sparkq, 'queue')
    assert.deepEqual([session.name, queue.name, queue.session.name], ['default', 'default', 'default'])
    assert.deepEqual(
      ['sparkq/data', 'sparkq/logs', 'sparkq/data/sparkq.db'].map(it => mode(path.join(folder, it))),
      ['700', '700', '600'],
    )
    assert.equal(fs.readFileSync(path.join(folder, 'sparkq/.gitignore'), 'utf8'), 'data/\nlogs/\n')
    assert.match(
      (await sparkq(['add', 'fix the login test'])).stdout,
      /^Queued DEFAULT-1 · llm-sonnet fix the login test/,
    )
  })

  test('without --yes takes the defaults too, and says so', async t => {
    const { sparkq } = emptySite(t)
    const { stderr, code } = await sparkq(['setup', '--name', 'my "own" project'])
    assert.equal(code, 0)
    assert.match(stderr, /^It took every default; change them in sparkq\.yml\.\n/)
  })

  test('run again changes nothing, and says what is there', async t => {
    const { sparkq, folder } = emptySite(t)
    await sparkq(['setup', '--yes'])
    await sparkq(['queue', 'create', 'auth'])
    fs.appendFileSync(path.join(folder, 'sparkq.yml'), '# mine\n')
    // The database is brought in step with the changed file by any command.
    await sparkq(['tools'])
    const before = contents(folder)
    const { stdout, code } = await sparkq(['setup', '--yes', '--name', 'other'])
    assert.equal(code, 0)
    assert.match(stdout, /^SparkQ is set up in .* already\n {2}kept {2}sparkq\.yml\n/)
    assert.match(stdout, /kept {2}2 queues in the database\n$/)
    assert.deepEqual(contents(folder), before)
  })

  test('works beside a config with a mistake: that stays, the rest is made, and goes again', async t => {
    const broken = 'server:\n  prt: 80\ndatabase:\n  path: db/my.db\n'
    const { sparkq, folder } = emptySite(t, { 'sparkq.yml': broken })
    const { stdout, stderr, code } = await sparkq(['setup', '--yes'])
    assert.equal(code, 0)
    assert.match(
      stderr,
      /^sparkq\.yml:2:3: there is no setting "server\.prt"\. Did you mean "port"\? The file stays as it is\.\n/,
    )
    assert.match(stderr, /\n {2}edit sparkq\.yml\n$/)
    assert.match(stdout, /\n {2}kept {2}sparkq\.yml\n/)
    assert.ok(fs.existsSync(path.join(folder, 'db/my.db')))
    assert.equal(fs.readFileSync(path.join(folder, 'sparkq.yml'), 'utf8'), broken)

    fs.writeFileSync(path.join(folder, 'sparkq.yml'), broken.replace('prt: 80', 'port: 0'))
    assert.equal((await sparkq(['add', 'fix it'])).code, 0)
    fs.writeFileSync(path.join(folder, 'sparkq.yml'), broken)
    const again = await sparkq(['setup', '--yes'])
    assert.match(again.stdout, /^SparkQ is set up in .* already\n/)
    assert.equal((await sparkq(['teardown', '--force', '--keep-config'])).code, 0)
    assert.deepEqual(fs.readdirSync(folder), ['sparkq.yml'])
  })

  test('in a folder that cannot be written says so and leaves nothing behind', async t => {
    const blocked = emptySite(t, { sparkq: 'a file where the folder should be' })
    const { stdout, stderr, code } = await blocked.sparkq(['setup', '--yes'])
    assert.deepEqual([stdout, code], ['', 1])
    assert.match(stderr, /^.*\/sparkq\/data cannot be made \(ENOTDIR\)\.\n {2}ls -ld .*\/sparkq\n$/)
    assert.deepEqual(Object.keys(contents(blocked.folder)), ['sparkq'])

    const proc = await blocked.sparkq(['setup', '--yes'], { in: '/proc' })
    assert.deepEqual([proc.stdout, proc.code], ['', 1])
    assert.match(proc.stderr, /^\/proc\/sparkq\.yml cannot be made \(\w+\)\.\n {2}ls -ld \/proc\n$/)

    const elsewhere = emptySite(t, { 'sparkq.yml': 'database:\n  path: /proc/sparkq/sparkq.db\n' })
    const { stderr: said, code: exit } = await elsewhere.sparkq(['setup', '--yes'])
    assert.match(said, /^\/proc\/sparkq cannot be made \(\w+\)\.\n {2}ls -ld \/proc\n$/)
    assert.equal(exit, 1)
    assert.deepEqual(Object.keys(contents(elsewhere.folder)), ['sparkq.yml'])
  })

  test('refuses a database from a newer SparkQ and takes its own files back', async t => {
    const { DatabaseSync } = await import('node:sqlite')
    const { sparkq, folder } = emptySite(t, { 'sparkq/data/.keep': '' })
    const database = path.join(folder, 'sparkq/data/sparkq.db')
    const db = new DatabaseSync(database)
    db.exec('PRAGMA application_id = 0x53504b51; PRAGMA user_version = 999')
    db.close()
    const { stdout, stderr, code } = await sparkq(['setup', '--yes'])
    assert.deepEqual([stdout, code], ['', 1])
    assert.match(stderr, /was written by a newer SparkQ .*999.*\n {2}npm install -g sparkq@latest\n$/)
    assert.deepEqual(Object.keys(contents(folder)).sort(), ['sparkq/data/.keep', 'sparkq/data/sparkq.db'])
  })

  test('leaves a folder that it did not make as open as it was, and hides the database there from git', async t => {
    const { sparkq, folder } = emptySite(t, {
      'sparkq.yml': 'database:\n  path: db/my.db\n',
      'db/mine.txt': '',
    })
    fs.chmodSync(path.join(folder, 'db'), 0o755)
    execFileSync('git', ['init', '--quiet'], { cwd: folder })
    const exclude = path.join(folder, '.git/info/exclude')
    const before = fs.readFileSync(exclude, 'utf8')
    const { stdout, code } = await sparkq(['setup', '--yes'])
    assert.equal(code, 0)
    assert.match(stdout, /made {2}db\/my\.db\* in \.git\/info\/exclude\n/)
    assert.deepEqual(
      ['db', 'db/my.db', 'sparkq/data'].map(it => mode(path.join(folder, it))),
      ['755', '600', '700'],
    )
    assert.equal(fs.readFileSync(exclude, 'utf8'), `${before}/sparkq.lock*\n/db/my.db*\n`)
    assert.equal((await sparkq(['teardown', '--force'])).code, 0)
    assert.equal(fs.readFileSync(exclude, 'utf8'), before)
    assert.deepEqual(fs.readdirSync(path.join(folder, 'db')), ['mine.txt'])
  })

  test('takes every answer from the command line', async t => {
    const { sparkq, folder } = emptySite(t, { 'docs/what.md': '', 'tools/x.txt': '' })
    const line = 'setup --yes --folder tools --prd docs/what.md --script-dir tools --script-dir scripts'
    const more =
      '--timeout FAST_SCRIPT=60 --timeout LLM_HEAVY=1h --port 5017 --session spring --queue auth --examples'
    const { stdout, stderr, code } = await sparkq([...line.split(' '), ...more.split(' '), '--name', 'no: 1'])
    assert.equal(code, 0, stderr)
    assert.match(stdout, /made {2}session "spring"\n.*made {2}queue "auth"\n/)
    assert.match(stderr, /\n {2}sparkq enqueue -q auth -- \.\/scripts\/example-hello\.sh /)
    const { project, server, script_dirs, task_classes } = parseConfig(
      fs.readFileSync(path.join(folder, 'sparkq.yml'), 'utf8'),
      'sparkq.yml',
    )
    assert.deepEqual(project, { name: 'no: 1', repo_path: 'tools', prd_path: 'docs/what.md' })
    assert.deepEqual([server?.port, script_dirs], [5017, ['tools', 'scripts']])
    assert.deepEqual(task_classes?.LLM_HEAVY, { timeout: 3600 })
    assert.equal(mode(path.join(folder, 'scripts/example-hello.sh')), '755')
  })

  test('refuses an answer that cannot be one, and writes nothing', async t => {
    const { sparkq, folder } = emptySite(t)
    const wrong: [string[], RegExp][] = [
      [['--port', '70000'], /^A port is a whole number from 0 to 65535; "70000" is not\./],
      [['--prd', 'x.md'], /^There is no file "x\.md" here\./],
      [['--folder', 'x'], /^There is no folder "x" here\./],
      [['--script-dir', 'x'], /^There is no folder "x" here\./],
      [['--timeout', 'SLOW=3'], /^There is no task class "SLOW"\./],
      [['--queue', 'que_x'], /^"que_x" looks like an id/],
      [['--session', 'a\u0001'], /^The name of a session has no control characters\./],
      [['--name', 'x'.repeat(101)], /^The name of a project has at most 100 characters/],
      [['--examples', '--no-examples'], /^Either --examples or --no-examples, not both\./],
    ]
    for (const [options, words] of wrong) {
      const { stderr, code } = await sparkq(['setup', ...options])
      assert.match(stderr, words)
      assert.match(stderr, /\n {2}sparkq setup --help\n$/)
      assert.equal(code, 2)
    }
    assert.deepEqual(fs.readdirSync(folder), [])
  })

  test('says what is typed in vain, and makes what is missing', async t => {
    const { sparkq, folder } = emptySite(t)
    await sparkq(['setup', '--yes'])
    const vain = await sparkq(['setup', '--yes', '--name', 'x', '--port', '0', '--session', 'y'])
    assert.match(
      vain.stderr,
      /^--name, --port, --session: nothing is changed by them, as it is set up already\.\n/,
    )
    const more = await sparkq(['setup', '--yes', '--queue', 'auth', '--examples'])
    assert.match(more.stdout, /made {2}scripts\/example-report\.py\n/)
    assert.deepEqual((await list(sparkq, 'queue')).map((it: { name: string }) => it.name).sort(), [
      'auth',
      'default',
    ])
    assert.equal((await sparkq(['teardown', '--force'])).code, 0)
    assert.deepEqual(fs.readdirSync(folder), [])
  })

  test('writes example scripts that run and say what they are', async t => {
    const { sparkq } = emptySite(t)
    await sparkq(['setup', '--yes', '--examples'])
    const listed = await sparkq(['scripts', 'list', '--json'])
    const { scripts } = JSON.parse(listed.stdout)
    assert.deepEqual(
      scripts.map((it: { path: string }) => it.path),
      ['scripts/example-hello.sh', 'scripts/example-report.py'],
    )
    assert.ok(scripts.every((it: { description: string | null }) => it.description))
    assert.equal(listed.stderr, '')
    await sparkq(['enqueue', '-q', 'default', '--', 'scripts/example-report.py'])
    await sparkq(['runner', '-q', 'default'])
    assert.match((await sparkq(['tasks'])).stdout, /example-report\.py +succeeded/)
  })

  test('puts the examples where the project has its scripts', async t => {
    const { sparkq, folder } = emptySite(t, { 'sparkq.yml': 'script_dirs: [jobs]\n' })
    const { stderr } = await sparkq(['setup', '--yes', '--examples'])
    assert.match(stderr, /^ {2}sparkq enqueue -q default -- \.\/jobs\/example-hello\.sh /)
    assert.deepEqual(fs.readdirSync(path.join(folder, 'jobs')), ['example-hello.sh', 'example-report.py'])
  })

  test('puts the examples into the project alone, wherever it has its scripts', async t => {
    const dirs: [string[], string][] = [
      [['/etc'], 'scripts'],
      [['../..'], 'scripts'],
      [['..', 'jobs'], 'jobs'],
    ]
    for (const [given, place] of dirs) {
      const { sparkq, folder } = emptySite(t, { 'jobs/own.sh': 'true\n' })
      const typed = given.flatMap(dir => ['--script-dir', dir])
      const { code, stderr } = await sparkq(['setup', '--yes', '--examples', ...typed])
      assert.equal(code, 0, stderr)
      const next = new RegExp(`^ {2}sparkq enqueue -q default -- \\./${place}/example-hello\\.sh `, 'm')
      assert.match(stderr, next)
      const { script_dirs } = parseConfig(
        fs.readFileSync(path.join(folder, 'sparkq.yml'), 'utf8'),
        'sparkq.yml',
      )
      assert.deepEqual(script_dirs, given)
      assert.ok(fs.existsSync(path.join(folder, place, 'example-hello.sh')))
      assert.equal((await sparkq(['teardown', '--force'])).code, 0)
      assert.deepEqual(fs.readdirSync(folder), ['jobs'])
      assert.deepEqual(fs.readdirSync(path.join(folder, 'jobs')), ['own.sh'])
      for (const dir of given.filter(it => it !== place))
        assert.ok(!fs.existsSync(path.resolve(folder, dir, 'example-hello.sh')), dir)
    }
  })

  test('finds a port that is free', async t => {
    const { createServer } = await import('node:net')
    const server = createServer()
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    t.after(() => new Promise(resolve => server.close(resolve)))
    const { port } = server.address() as { port: number }
    assert.equal(await isPortFree(port), false)
    assert.ok((await nextFreePort(port)) > port)
  })

  test('tells of a project above', async t => {
    const { sparkq, folder } = emptySite(t, { 'sparkq.yml': '', 'sub/x.txt': '' })
    const { stderr, code } = await sparkq(['setup', '--yes'], { in: 'sub' })
    assert.equal(code, 0)
    assert.ok(stderr.includes(`There is another project above this one: ${folder}\n`))
  })

  test('writes a config that says the defaults, and is valid with every comment made a setting', () => {
    const text = renderConfig({ ...usualAnswers(nothingFound('/x')), name: 'my "own": project' })
    const written = parseConfig(text, 'sparkq.yml')
    assert.equal(written.project?.name, 'my "own": project')
    const uncommented = parseConfig(text.replace(/^( *)# (\w+: .*)$/gm, '$1$2'), 'sparkq.yml')
    const { project, ...settings } = uncommented
    const { project: _, ...defaults } = defaultConfig
    assert.deepEqual(settings, defaults)
    assert.deepEqual(project, { name: 'my "own": project', repo_path: '.', prd_path: 'docs/PRD.md' })
  })
})

test('where Gemini alone is there, prompts of the first lane are for it', async t => {
  const agents = fakeAgents(t, ['gemini'])
  const at = emptySite(t)
  const env = { PATH: `${agents.bin}${path.delimiter}${path.dirname(process.execPath)}` }
  const { stdout, stderr } = await at.sparkq(['setup', '--yes'], { env })
  assert.match(stdout, /^ {2}made +tool "llm-gemini"$/m)
  assert.match(stderr, /so do prompts: sparkq add "…" is for Gemini\.$/m)
  assert.match((await at.sparkq(['add', 'Hello'], { env })).stdout, /^Queued DEFAULT-1 · llm-gemini Hello/)
})
