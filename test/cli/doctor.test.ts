import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { ok } from '../../src/doctor/check.ts'
import { examine as examineHere } from '../../src/doctor/examine.ts'
import { self } from '../../src/processes/identity.ts'
import { migrations } from '../../src/store/migrations.ts'
import { tempFolder } from '../support/folder.ts'
import { makeOlder } from '../support/older-database.ts'
import { begin } from './arrange.ts'
import { examine, finds, look, tamper, type } from './doctors.ts'
import { emptySite, type Site, site } from './run-cli.ts'

const database = (at: Pick<Site, 'folder'>) => path.join(at.folder, 'sparkq/data/sparkq.db')
const names = (folder: string) => fs.readdirSync(folder, { recursive: true }).sort()

/** Whoever ran is dead: what this process has of the project is as another boot left it. */
const killAll = (at: Site) =>
  tamper(
    at,
    `UPDATE attempts SET process = json_set(process, '$.boot_id', 'another');
     UPDATE runners SET process = json_set(process, '$.boot_id', 'another')`,
  )

/** A process that bears the mark of an attempt; it ends with the test. */
async function bear(t: { after(clean: () => void): void }, mark: string) {
  const child = spawn('sleep', ['60'], { env: { ...process.env, SPARKQ_MARK: mark } })
  t.after(() => child.kill('SIGKILL'))
  await once(child, 'spawn')
  return { pid: child.pid as number, ended: once(child, 'exit') }
}

describe('doctor', { concurrency: 4 }, () => {
  test('finds that all is well, in words and as JSON, and changes nothing', async t => {
    const at = await site(t)
    at.core.close()
    const before = names(at.folder)
    const found = await examine(at)
    assert.deepEqual(
      found.filter(it => it.state !== 'ok'),
      [],
    )
    const { stdout, stderr, code } = await at.sparkq(['doctor'])
    assert.deepEqual([stderr, code], ['', 0])
    assert.match(stdout, /^ {2}✓ config +sparkq\.yml\n( {2}✓ .*\n)+\nAll is well\.\n$/)
    assert.deepEqual(names(at.folder), before)
  })

  test('says which command mends what is broken, and exits with 1', async t => {
    const at = await site(t)
    tamper(at, `INSERT INTO queue_counts SELECT id, 'queued', 5 FROM queues`)
    const { stdout, code } = await at.sparkq(['doctor'])
    assert.equal(code, 1)
    assert.match(stdout, /\n {2}✗ counts +The kept counts of "default" .*\n {19}sparkq doctor --fix\n/)
    assert.match(stdout, /\n\n1 thing is broken\.\n$/)
  })

  test('goes on with the other checks when one fails', async t => {
    const broken = () => {
      throw new Error('no such device')
    }
    const checks = [
      { name: 'one', anywhere: true, look: broken },
      { name: 'two', anywhere: true, look: () => ok('fine') },
    ] as const
    const found = await examineHere({ cwd: tempFolder(t), env: {}, full: false }, checks)
    assert.deepEqual(found, [
      { check: 'one', state: 'unknown', says: 'could not be checked: no such device', next: [] },
      { check: 'two', state: 'ok', says: 'fine', next: [] },
    ])
  })

  test('where there is no project', async t => {
    const at = emptySite(t)
    const next = await finds(at, 'config', 'broken', /^There is no sparkq\.yml here or in a folder above\.$/)
    assert.deepEqual(
      (await examine(at)).map(it => it.check),
      ['config', 'node', 'programs'],
    )
    await type(at, ...next)
    await finds(at, 'config', 'ok', /sparkq\.yml/)
  })

  test('beside a config with a mistake: all the rest is looked at', async t => {
    const at = await site(t)
    fs.writeFileSync(path.join(at.folder, 'sparkq.yml'), 'sever: {}\n')
    const next = await finds(
      at,
      'config',
      'broken',
      /^sparkq\.yml:1:1: there is no setting "sever"\. Did you mean "server"\?/,
    )
    assert.deepEqual(next, ['edit sparkq.yml'])
    await finds(at, 'database', 'ok', /version/)
    await finds(at, 'counts', 'ok', /0 tasks/)
  })
})

describe('doctor looks at the database', { concurrency: 4 }, () => {
  test('that is missing', async t => {
    const at = await site(t)
    at.core.close()
    fs.rmSync(database(at))
    const next = await finds(at, 'database', 'broken', /^There is no database at sparkq\/data\/sparkq\.db\.$/)
    assert.deepEqual(next, ['sparkq setup --yes'])
    assert.deepEqual(
      (await look(at, 'counts'))[0]?.says,
      'could not be checked: the database cannot be read.',
    )
    await type(at, ...next)
    await finds(at, 'database', 'ok', /version/)
  })

  for (const backup of [true, false]) {
    test(`that is damaged, with ${backup ? 'a' : 'no'} backup`, async t => {
      const at = await site(t)
      if (backup) await at.sparkq(['backup', 'copy'])
      at.core.close()
      fs.writeFileSync(database(at), 'x'.repeat(8192))
      const next = await finds(at, 'database', 'broken', /is damaged, or not a SQLite database\.$/)
      if (backup) assert.deepEqual(next, ['sparkq restore copy'])
      await finds(at, 'permissions', 'ok', /yours alone/)
      await type(at, ...next.map(line => (line.includes('restore') ? `${line} --yes` : line)))
      await finds(at, 'database', 'ok', /version/)
    })
  }

  test('of which pages are damaged', async t => {
    const at = await site(t)
    at.core.close()
    const fd = fs.openSync(database(at), 'r+')
    fs.writeSync(fd, Buffer.alloc(60_000, 0xff), 0, 60_000, 100_000)
    fs.closeSync(fd)
    const found = (await examine(at)).filter(it => it.state === 'broken')
    assert.ok(
      found.some(it => it.check === 'integrity' && /^The database is damaged: /.test(it.says)),
      JSON.stringify(found),
    )
  })

  test('from another version', async t => {
    const at = await site(t)
    at.core.close()
    tamper(at, 'PRAGMA user_version = 99')
    const newer = await finds(
      at,
      'database',
      'broken',
      /was written by a newer SparkQ \(its version is 99, this one knows \d+\)/,
    )
    assert.deepEqual(newer, ['npm install -g sparkq@latest'])
    tamper(at, `PRAGMA user_version = ${migrations.length}`)
    makeOlder(path.join(at.folder, 'sparkq/data/sparkq.db'))
    const older = await finds(at, 'database', 'warning', /is of an older version/)
    assert.ok(!(await examine(at)).some(it => it.state === 'unknown'), 'an older one is looked at whole')
    await type(at, ...older)
    await finds(at, 'database', 'ok', /version/)
  })

  test('whose counts are wrong', async t => {
    const at = await site(t)
    await begin(at)
    tamper(at, `UPDATE queue_counts SET count = 7`)
    await type(
      at,
      ...(await finds(
        at,
        'counts',
        'broken',
        /^The kept counts of "default" are not what the tasks come to\.$/,
      )),
    )
    await finds(at, 'counts', 'ok', /^1 task: 0 queued, 1 running$/)
  })

  test('whose indexes are wrong, when told to look longer', async t => {
    const at = await site(t)
    await begin(at)
    at.core.close()
    tamper(
      at,
      `PRAGMA writable_schema = ON;
       UPDATE sqlite_schema SET sql = replace(sql, '''queued''', '''running''') WHERE name = 'tasks_queued'`,
    )
    await finds(at, 'integrity', 'ok', /--full/)
    const next = await finds(at, 'integrity', 'broken', /^Indexes do not say what their tables do: /, {
      args: ['--full'],
    })
    await type(at, ...next)
    await finds(at, 'integrity', 'ok', /indexes and references are sound$/, { args: ['--full'] })
  })

  test('in which rows belong to nothing', async t => {
    const at = await site(t)
    tamper(
      at,
      `INSERT INTO attempts (task_id, number, claimed_at) VALUES ('tsk_gone', 1, '2026-01-01T00:00:00.000Z')`,
    )
    await finds(at, 'integrity', 'broken', /^1 row in attempts belongs to nothing\.$/)
  })

  test('whose log has grown without end', async t => {
    const at = await site(t)
    fs.truncateSync(`${database(at)}-wal`, 0)
    at.core.close()
    fs.writeFileSync(`${database(at)}-wal`, '')
    fs.truncateSync(`${database(at)}-wal`, 100 * 1024 * 1024)
    const next = await finds(
      at,
      'database',
      'warning',
      /^The log beside .* has 100\.0 MB: a process that reads/,
    )
    assert.deepEqual(next, ['fuser -v sparkq/data/sparkq.db', 'sparkq restart'])
  })
})

describe('doctor looks at work', { concurrency: 4 }, () => {
  test('that a dead runner left, and nothing else lives of it', async t => {
    const at = await site(t)
    await begin(at)
    killAll(at)
    const [lease] = await finds(
      at,
      'runners',
      'warning',
      /^The runner of "default" \(process \d+\) went without a word\.$/,
    )
    const next = await finds(
      at,
      'tasks',
      'broken',
      /^DEFAULT-1 is said to be running, and nothing of it is left\.$/,
    )
    assert.deepEqual(next, ['sparkq runner -q default'])
    assert.equal(lease, next[0])
    await type(at, ...next)
    await finds(at, 'tasks', 'ok', /^none is running$/)
    await finds(at, 'runners', 'ok', /^none$/)
  })

  test('that goes on without its runner', async t => {
    const at = await site(t)
    const { task, number } = await begin(at)
    const { attempts } = await at.core.listAttempts({ id: task.id })
    await bear(t, attempts.find(it => it.number === number)?.claim_key as string)
    killAll(at)
    const next = await finds(
      at,
      'tasks',
      'warning',
      /^DEFAULT-1 runs, and its runner is gone: nobody sees how it ends\.$/,
    )
    assert.deepEqual(next, ['sparkq runner -q default'])
  })

  test('that a worker outside has, which is its own matter', async t => {
    const at = await site(t)
    await at.core.createTask({ queue_id: 'default', tool_name: 'run-bash', payload: { command: 'x' } })
    await at.core.claimTask({ id: 'default', worker_id: 'somebody' })
    await finds(at, 'tasks', 'ok', /^1 task running$/)
  })

  test('of which a process is left although it is over', async t => {
    const at = await site(t)
    const { task, finish } = await begin(at)
    const { attempts } = await at.core.listAttempts({ id: task.id })
    const { pid, ended } = await bear(t, attempts[0]?.claim_key as string)
    await bear(t, 'of-another-project')
    await finds(at, 'processes', 'ok', /^no task has left one behind$/)
    await finish(0)
    const next = await finds(
      at,
      'processes',
      'warning',
      /^DEFAULT-1 is over, and its process \d+ lives on: sleep 60\.$/,
    )
    assert.deepEqual(next, [`kill ${pid}`])
    await type(at, ...next)
    await ended
    await finds(at, 'processes', 'ok', /^no task/)
  })

  test('whose output is gone, and output without a task', async t => {
    const at = await site(t)
    const { task, finish, write } = await begin(at)
    write('stdout', 'x')
    await finish(0)
    const tasks = path.join(at.folder, 'sparkq/logs/tasks')
    await finds(at, 'output', 'ok', /^that of 1 task$/)
    fs.renameSync(path.join(tasks, task.id), path.join(tasks, 'tsk_stray'))
    const [stray, gone] = await look(at, 'output')
    assert.equal(stray?.says, '1 folder of output belongs to no task: tsk_stray.')
    assert.equal(gone?.says, 'The output of DEFAULT-1 is gone.')
    assert.deepEqual([stray?.state, gone?.state], ['warning', 'warning'])
    await type(at, (stray as { next: string[] }).next[0] as string)
    assert.equal(fs.readFileSync(path.join(at.folder, 'sparkq/logs/strays/tsk_stray/1.out'), 'utf8'), 'x')
    await type(at, ...(stray?.next ?? []).slice(1), ...(gone?.next ?? []))
    await finds(at, 'output', 'ok', /^that of 0 tasks$/)
    assert.ok(!fs.existsSync(path.join(at.folder, 'sparkq/logs/strays')))
  })
})

describe('doctor looks at locks', { concurrency: 4 }, () => {
  test('that a server left which was killed', async t => {
    const at = await site(t)
    const started = await at.sparkq(['start', '--host', '127.0.0.1', '--port', '0'])
    assert.equal(started.code, 0, started.stderr)
    const { server } = JSON.parse((await at.sparkq(['status', '--json'])).stdout)
    await finds(at, 'server', 'ok', /^process \d+ at http:/)
    process.kill(server.process.pid, 'SIGSTOP')
    try {
      const next = await finds(
        at,
        'server',
        'broken',
        /^The server \(process \d+ at http.*\) does not answer: /,
      )
      assert.deepEqual(next, ['sparkq restart'])
    } finally {
      process.kill(server.process.pid, 'SIGKILL')
    }
    const next = await finds(
      at,
      'server lock',
      'warning',
      /^sparkq\.lock was left by a server that is gone\.$/,
    )
    await type(at, ...next)
    await finds(at, 'server lock', 'ok', /^none$/)
  })

  test('that a runner left which was killed', async t => {
    const at = await site(t)
    const { queue } = await at.core.getQueue({ id: 'default' })
    const file = path.join(at.env.SPARKQ_RUNNER_LOCK_DIR as string, `sparkq-runner-${queue.id}.lock`)
    const lock = ({ pid, start_time, boot_id, hostname }: ReturnType<typeof self>) =>
      fs.writeFileSync(file, `${pid}\n${start_time}\n${boot_id}\n${hostname}\n`)
    lock(self())
    await finds(at, 'runner locks', 'ok', /^none/)
    lock({ ...self(), boot_id: 'another' })
    const next = await finds(
      at,
      'runner locks',
      'warning',
      /was left by a runner that is gone \(process \d+\)\.$/,
    )
    await type(at, ...next)
    await finds(at, 'runner locks', 'ok', /^none/)
  })
})
