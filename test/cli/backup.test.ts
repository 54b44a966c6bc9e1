import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { attemptFiles } from '../../src/attempt-files/paths.ts'
import { tempFolder } from '../support/folder.ts'
import { smallDisk } from '../support/small-disk.ts'
import { begin } from './arrange.ts'
import { arrange, backUp, modes, names, restoreElsewhere } from './backups.ts'
import { site } from './run-cli.ts'

describe('backup', { concurrency: 4 }, () => {
  test('is a folder of the user’s alone with database, config, output and checksums', async t => {
    const { at, first } = await arrange(t)
    const { stdout, stderr, code } = await at.sparkq(['backup', 'copy'])
    assert.equal(code, 0, stderr)
    assert.match(stdout, /^Backed up 3 tasks \(1 queued, 1 succeeded, 1 failed\) · \d+ files, \d+ kB\n$/)
    assert.match(stderr, /^ {2}sparkq restore copy +bring it back\n$/)
    const copy = path.join(at.folder, 'copy')
    assert.deepEqual(names(copy), [
      '.gitignore',
      'SHA256SUMS',
      'manifest.json',
      'output',
      'sparkq.db',
      'sparkq.yml',
    ])
    assert.deepEqual([...new Set(modes(copy))], ['0'])
    assert.equal(fs.readFileSync(path.join(copy, 'output', first.id, '1.out'), 'utf8'), 'hello\n')
    execFileSync('sha256sum', ['--check', '--strict', '--quiet', 'SHA256SUMS'], { cwd: copy })
    assert.deepEqual(names(at.folder), ['copy', 'sparkq', 'sparkq.yml'])
  })

  test('without a name is named for project and time, here or in the folder that is given', async t => {
    const { at } = await arrange(t)
    fs.mkdirSync(path.join(at.folder, 'usb'))
    assert.equal((await at.sparkq(['backup'])).code, 0)
    assert.equal((await at.sparkq(['backup', 'usb'])).code, 0)
    assert.match(names(at.folder).join(' '), /^sparkq sparkq-backup-test-\d{8}-\d{6} sparkq\.yml usb$/)
    assert.match(names(path.join(at.folder, 'usb')).join(' '), /^sparkq-backup-test-\d{8}-\d{6}$/)
  })

  test('is not seen by git', async t => {
    const { at } = await arrange(t)
    execFileSync('git', ['init', '--quiet'], { cwd: at.folder })
    await backUp(at)
    const status = execFileSync('git', ['status', '--porcelain', '-uall'], {
      cwd: at.folder,
      encoding: 'utf8',
    })
    assert.doesNotMatch(status, /copy/)
  })

  test('leaves output out when told to, and never has the token', async t => {
    const { at } = await arrange(t)
    const { output, files } = await backUp(at, ['copy', '--no-output'])
    assert.deepEqual([output, files], [false, 2])
    const copy = path.join(at.folder, 'copy')
    const token = fs.readFileSync(path.join(at.folder, 'sparkq/data/token'), 'utf8').trim()
    for (const name of names(copy))
      assert.ok(!fs.readFileSync(path.join(copy, name), 'latin1').includes(token), name)
  })

  test('replaces a backup only when told to, and nothing else ever', async t => {
    const { at } = await arrange(t)
    await backUp(at)
    const again = await at.sparkq(['backup', 'copy'])
    assert.equal(again.code, 4)
    assert.match(again.stderr, /copy is there already\.\n {2}sparkq backup\n {2}add --force to replace it\n$/)
    await at.core.createTask({ queue_id: 'default', tool_name: 'run-bash', payload: { command: 'y' } })
    assert.equal((await backUp(at, ['copy', '--force'])).tasks.queued, 2)
    fs.writeFileSync(path.join(at.folder, 'file'), 'mine')
    const refused = await at.sparkq(['backup', 'file', '--force'])
    assert.deepEqual([refused.code, fs.readFileSync(path.join(at.folder, 'file'), 'utf8')], [4, 'mine'])
    const nowhere = await at.sparkq(['backup', 'no/such/copy'])
    assert.equal(nowhere.code, 3)
    assert.match(nowhere.stderr, /^There is no folder .*no\/such\.\n {2}mkdir -p .*no\/such\n$/)
    assert.deepEqual(names(at.folder), ['copy', 'file', 'sparkq', 'sparkq.yml'])
  })

  test('keeps what is left out of output a hole', async t => {
    const at = await site(t)
    const attempt = await begin(at)
    const megabyte = 1024 * 1024
    attempt.write('stdout', Buffer.alloc(3 * megabyte, 'x'))
    await attempt.cut('stdout', { from: megabyte, to: 2 * megabyte })
    await attempt.finish(0)
    await backUp(at)
    const folder = path.join(at.folder, 'copy/output', attempt.task.id)
    const { size, blocks } = fs.statSync(path.join(folder, '1.out'))
    assert.equal(size, 3 * megabyte)
    assert.ok(blocks * 512 < 2.5 * megabyte, `${blocks} blocks`)
    await restoreElsewhere(at, async ({ folder: there, sparkq }) => {
      const { stdout } = await sparkq(['logs', attempt.task.friendly_id])
      assert.equal(stdout.length - stdout.replaceAll('x', '').length, 2 * megabyte)
      const { stdout: out } = attemptFiles(path.join(there, 'sparkq/logs'), attempt.task.id, 1)
      assert.ok(fs.statSync(out).blocks * 512 < 2.5 * megabyte)
    })
  })

  test('of a damaged database is none', async t => {
    const { at } = await arrange(t)
    at.core.close()
    const file = path.join(at.folder, 'sparkq/data/sparkq.db')
    const fd = fs.openSync(file, 'r+')
    fs.writeSync(fd, Buffer.alloc(20_000, 0xff), 0, 20_000, 8192)
    fs.closeSync(fd)
    const { code, stdout, stderr } = await at.sparkq(['backup', 'copy'])
    assert.deepEqual([code, stdout], [1, ''])
    assert.match(stderr, /is damaged/)
    assert.deepEqual(names(at.folder), ['sparkq', 'sparkq.yml'])
  })

  test('without room is none, and says where there is none', async t => {
    const disk = smallDisk(t, 8)
    if (!disk) return
    const { at } = await arrange(t)
    disk.fill(100_000)
    const { code, stderr } = await at.sparkq(['backup', path.join(disk.folder, 'copy')])
    assert.equal(code, 1)
    assert.match(
      stderr,
      /^There is no room for a backup on the disk that holds .*; none was made\.\n {2}df -h /,
    )
    assert.deepEqual(names(disk.folder), ['filler'])
  })

  test('works beside a database that can only be read', async t => {
    const disk = smallDisk(t, 16)
    if (!disk) return
    const { at } = await arrange(t, { 'sparkq.yml': 'limits: {min_free_mb: 0}\n' }, disk.folder)
    at.core.close()
    disk.readOnly(true)
    const to = path.join(tempFolder(t), 'copy')
    const { code, stderr } = await at.sparkq(['backup', to])
    const here = await at.sparkq(['backup', 'copy'])
    disk.readOnly(false)
    assert.equal(code, 0, stderr)
    assert.equal(here.code, 1)
    assert.match(here.stderr, /copy.* cannot be read or written \(EROFS\); no backup was made\./)
  })
})
