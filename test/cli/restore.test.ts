import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import { self } from '../../src/processes/identity.ts'
import { makeOlder } from '../support/older-database.ts'
import { begin } from './arrange.ts'
import { arrange, backUp, letGo, modes, names, restoreElsewhere } from './backups.ts'
import { type Site, site } from './run-cli.ts'

describe('restore', { concurrency: 4 }, () => {
  test('brings all of it back, on a folder that was never set up too', async t => {
    const { at } = await arrange(t)
    await backUp(at)
    await restoreElsewhere(at, async ({ folder, sparkq }) => {
      const list = async (run: Site['sparkq']) => JSON.parse((await run(['tasks', '--json'])).stdout).tasks
      assert.deepEqual(await list(sparkq), await list(at.sparkq))
      assert.equal((await sparkq(['logs', 'DEFAULT-1'])).stdout, 'hello\n')
      assert.equal(fs.readFileSync(path.join(folder, 'sparkq/.gitignore'), 'utf8'), 'data/\nlogs/\n')
      assert.equal(fs.statSync(path.join(folder, 'sparkq/data/sparkq.db')).mode & 0o777, 0o600)
      const db = new DatabaseSync(path.join(folder, 'sparkq/data/sparkq.db'))
      t.after(() => db.close())
      assert.equal(db.prepare('SELECT repo_path FROM projects').get()?.repo_path, folder)
    })
  })

  test('keeps what was here aside, as a backup that takes it back', async t => {
    const { at } = await arrange(t)
    await backUp(at)
    await at.core.createTask({ queue_id: 'default', tool_name: 'run-bash', payload: { command: 'later' } })
    const last = (await at.core.listEvents({ limit: 1 })).events[0]?.seq as number
    at.core.close()
    fs.appendFileSync(path.join(at.folder, 'sparkq.yml'), '# mine\n')
    const { code, stderr, stdout } = await at.sparkq(['restore', 'copy', '--yes'])
    assert.equal(code, 0, stderr)
    assert.match(
      stderr,
      /^ {2}backup +test, .* · 3 tasks \(1 queued, 1 succeeded, 1 failed\) · .*\n {2}here +4 tasks /,
    )
    assert.match(stdout, /^Restored 3 tasks \(.*\) into .*\/project\n$/)
    const tasks = async () => JSON.parse((await at.sparkq(['tasks', '--json'])).stdout).tasks.length
    assert.equal(await tasks(), 3)
    assert.doesNotMatch(fs.readFileSync(path.join(at.folder, 'sparkq.yml'), 'utf8'), /# mine/)

    const db = new DatabaseSync(path.join(at.folder, 'sparkq/data/sparkq.db'), { readOnly: true })
    const seq = db
      .prepare(`SELECT min(seq) AS seq FROM audit_log WHERE event = 'project.restored'`)
      .get()?.seq
    db.close()
    assert.equal(seq, last + 1, 'numbers of events that somebody has seen do not come again')

    const aside = names(at.folder).find(name => name.startsWith('sparkq-before-restore-')) as string
    assert.match(stderr, RegExp(`sparkq restore ${aside} +take it back\n$`))
    assert.equal(modes(path.join(at.folder, aside))[0], '0', 'nobody else comes in')
    const back = await at.sparkq(['restore', aside, '--yes'])
    assert.equal(back.code, 0, back.stderr)
    assert.equal(await tasks(), 4)
    assert.match(fs.readFileSync(path.join(at.folder, 'sparkq.yml'), 'utf8'), /# mine\n$/)
    assert.equal((await at.sparkq(['logs', 'DEFAULT-1'])).stdout, 'hello\n')
  })

  test('without a terminal shows what it would do, and does nothing', async t => {
    const { at } = await arrange(t)
    await backUp(at)
    at.core.close()
    const { code, stderr } = await at.sparkq(['restore', 'copy'])
    assert.equal(code, 2)
    assert.match(
      stderr,
      /moved to sparkq-before-restore-.*\n(.*\n)*.*takes the place of what is here\.\n {2}add --yes to do it\n$/,
    )
    assert.deepEqual(names(at.folder), ['copy', 'sparkq', 'sparkq.yml'])
  })

  for (const [what, damage] of [
    ['damaged', (file: string) => fs.writeFileSync(file, 'x'.repeat(5000))],
    ['missing', (file: string) => fs.rmSync(file)],
  ] as const) {
    test(`works where the database is ${what}`, async t => {
      const { at } = await arrange(t)
      await backUp(at)
      at.core.close()
      damage(path.join(at.folder, 'sparkq/data/sparkq.db'))
      const { code, stderr } = await at.sparkq(['restore', 'copy', '--yes'])
      assert.equal(code, 0, stderr)
      assert.match(stderr, what === 'damaged' ? /here +a database that is damaged/ : /here +no database/)
      assert.equal((await at.sparkq(['logs', 'DEFAULT-1'])).stdout, 'hello\n')
      const aside = names(at.folder).find(name => name.startsWith('sparkq-before-restore-')) as string
      const kept = path.join(at.folder, aside, 'sparkq.db')
      if (what === 'damaged') assert.equal(fs.readFileSync(kept, 'utf8'), 'x'.repeat(5000))
    })
  }

  test('works beside a config with a mistake, and keeps a config when told to', async t => {
    const { at } = await arrange(t)
    await backUp(at)
    at.core.close()
    const config = path.join(at.folder, 'sparkq.yml')
    fs.writeFileSync(config, 'server: {port: 6006}\n')
    assert.equal((await at.sparkq(['restore', 'copy', '--yes', '--keep-config'])).code, 0)
    assert.equal(fs.readFileSync(config, 'utf8'), 'server: {port: 6006}\n')
    fs.writeFileSync(config, 'sever: {}\n')
    const { code, stderr } = await at.sparkq(['restore', 'copy', '--yes'])
    assert.equal(code, 0, stderr)
    assert.equal((await at.sparkq(['status'])).code, 0)
  })

  test('is refused while a server, a runner or a task is at work, or the database is open', async t => {
    const { at } = await arrange(t)
    await backUp(at)
    const refused = async (sentence: RegExp) => {
      const { code, stderr } = await at.sparkq(['restore', 'copy', '--yes'])
      assert.equal(code, 4, stderr)
      assert.match(stderr, sentence)
      const left = names(at.folder).filter(name => name !== 'sparkq.lock')
      assert.deepEqual(left, ['copy', 'sparkq', 'sparkq.yml'])
    }
    await at.core.startRunner({ queue_id: 'default', mode: 'watch', process: self() })
    await refused(
      /^A runner works "default": process \d+ on .*\. Nothing was changed\.\n {2}sparkq stop -q default\n$/,
    )
    await letGo(at)
    const { task } = await at.core.claimTask({ id: 'default', worker_id: 'somebody' })
    await refused(/^DEFAULT-3 is running\. Nothing was changed\.\n {2}sparkq cancel DEFAULT-3\n$/)
    await at.core.completeTask({ id: task?.id as string, result_summary: 'Done.' })
    await refused(/Another process has .*sparkq\.db open\. Nothing was changed\.\n {2}fuser -v /)
    at.core.close()
    const started = await at.sparkq(['start', '--host', '127.0.0.1', '--port', '0'])
    assert.equal(started.code, 0, started.stderr)
    await refused(
      /^A server of this project runs: process \d+ at http.*\. Nothing was changed\.\n {2}sparkq stop\n$/,
    ).finally(() => at.sparkq(['stop']))
    assert.equal((await at.sparkq(['restore', 'copy', '--yes'])).code, 0)
  })

  test('ends by the rules what ran when the backup was made', async t => {
    const at = await site(t)
    const ran = await begin(at)
    ran.write('stdout', 'half\n')
    fs.writeFileSync(path.join(at.folder, 'sparkq/logs/tasks', ran.task.id, '1.status'), 'pid 999999999\n')
    await backUp(at)
    const ended = await begin(at, { queue: (await otherLane(at)).id })
    fs.mkdirSync(path.join(at.folder, 'sparkq/logs/tasks', ended.task.id), { recursive: true })
    fs.writeFileSync(
      path.join(at.folder, 'sparkq/logs/tasks', ended.task.id, '1.status'),
      'pid 999999999\nexit 7\n',
    )
    await backUp(at, ['copy', '--force'])
    await ran.finish(0)
    await ended.finish(7)
    await letGo(at)
    await restoreElsewhere(at, async ({ sparkq }) => {
      const task = async (id: string) => JSON.parse((await sparkq(['task', id, '--json'])).stdout).task
      const lost = await task('DEFAULT-1')
      assert.deepEqual([lost.status, lost.error_type], ['failed', 'worker_lost'])
      const whole = await task('OTHER-1')
      assert.deepEqual([whole.status, whole.exit_code], ['failed', 7])
      const { queues } = JSON.parse((await sparkq(['queue', 'list', '--json'])).stdout)
      const lanes = Object.fromEntries(
        queues.map((it: { name: string; status: string }) => [it.name, it.status]),
      )
      assert.deepEqual(lanes, { default: 'idle', other: 'active' })
      assert.equal((await sparkq(['logs', 'DEFAULT-1'])).stdout, 'half\n')
    })
  })

  test('refuses a backup that is damaged, newer or none, and changes nothing', async t => {
    const { at, first } = await arrange(t)
    await backUp(at)
    at.core.close()
    const copy = path.join(at.folder, 'copy')
    const refused = async (sentence: RegExp, exit = 1) => {
      const { code, stderr } = await at.sparkq(['restore', 'copy', '--yes'])
      assert.equal(code, exit, stderr)
      assert.match(stderr, sentence)
      assert.deepEqual(names(at.folder), ['copy', 'sparkq', 'sparkq.yml'])
    }
    const output = path.join(copy, 'output', first.id, '1.out')
    fs.writeFileSync(output, 'hallo\n')
    await refused(
      /^The backup .*copy is damaged: output\/.*\/1\.out is not what was written\.\n {2}ls -d sparkq-backup-\*\n$/,
    )
    fs.rmSync(output)
    await refused(/1\.out cannot be read \(ENOENT\)/)
    fs.writeFileSync(output, 'hello\n')
    const sums = path.join(copy, 'SHA256SUMS')
    const text = fs.readFileSync(sums, 'utf8')
    fs.appendFileSync(sums, `${'0'.repeat(64)}  output/../../x\n`)
    await refused(/SHA256SUMS has a strange line/)
    fs.writeFileSync(sums, text)
    const manifest = path.join(copy, 'manifest.json')
    const about = JSON.parse(fs.readFileSync(manifest, 'utf8'))
    fs.writeFileSync(manifest, JSON.stringify({ ...about, database_version: 99 }))
    await refused(/manifest\.json is not what was written/)
    sumAgain(copy, 'manifest.json')
    await refused(
      /was written by a newer SparkQ \(its database version is 99.*\n {2}npm install -g sparkq@latest\n$/,
    )
    fs.rmSync(manifest)
    await refused(/copy is not a backup: manifest\.json cannot be read \(ENOENT\)/, 2)
    fs.rmSync(copy, { recursive: true })
    const none = await at.sparkq(['restore', 'copy', '--yes'])
    assert.equal(none.code, 3)
  })

  test('migrates an older one, which stays as it is', async t => {
    const { at } = await arrange(t)
    await backUp(at)
    const copy = path.join(at.folder, 'copy')
    makeOlder(path.join(copy, 'sparkq.db'))
    sumAgain(copy, 'sparkq.db')
    const before = fs.readFileSync(path.join(copy, 'sparkq.db'))
    await restoreElsewhere(at, async ({ folder, sparkq }) => {
      assert.equal(JSON.parse((await sparkq(['tasks', '--json'])).stdout).tasks.length, 3)
      assert.deepEqual(names(path.join(folder, 'sparkq/data')), ['setup.json', 'sparkq.db', 'token'])
    })
    assert.deepEqual(fs.readFileSync(path.join(copy, 'sparkq.db')), before)
  })
})

async function otherLane({ core }: Site) {
  return (await core.createQueue({ session_id: 'default', name: 'other' })).queue
}

function sumAgain(copy: string, name: string): void {
  const sums = path.join(copy, 'SHA256SUMS')
  const [line] = execFileSync('sha256sum', [name], { cwd: copy, encoding: 'utf8' }).split('\n')
  const text = fs.readFileSync(sums, 'utf8')
  fs.writeFileSync(
    sums,
    text.replace(RegExp(`^[0-9a-f]+ {2}${name.replaceAll('.', '\\.')}$`, 'm'), line as string),
  )
}
