import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { createScriptIndex } from '../../src/scripts/script-index.ts'
import { tempFolder, writeFiles } from '../support/folder.ts'

const script = '#!/bin/sh\n# name: one\n'

function git(cwd: string, ...args: string[]): void {
  const env = { PATH: process.env.PATH, HOME: cwd, GIT_CONFIG_NOSYSTEM: '1' }
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd, env, stdio: 'ignore' })
}

function arrange(t: TestContext, files: Record<string, string>, dirs = ['scripts']) {
  const root = path.join(tempFolder(t), 'project')
  fs.mkdirSync(root)
  writeFiles(root, files)
  const index = createScriptIndex()
  const read = async () => {
    const { scripts, warnings } = await index.read(root, dirs, ['scripts'])
    return { scripts, paths: scripts.map(it => it.path), warnings: warnings.map(it => it.text) }
  }
  return { root, read }
}

describe('the script index', { concurrency: 2 }, () => {
  test('has scripts by extension, and whatever is executable and begins with a shebang', async t => {
    const names = ['a.sh', 'b.bash', 'c.py', 'd.rb', 'e.pl', 'f.js', 'deep/er/g.ts']
    const { root, read } = arrange(t, {
      ...Object.fromEntries(names.map(name => [`scripts/${name}`, 'x\n'])),
      'scripts/tool': '#!/usr/bin/awk -f\n# name: awkward\n',
      'scripts/types.d.ts': 'x',
      'scripts/readme.md': 'x',
      'scripts/notes': 'x',
      'other/h.sh': script,
    })
    fs.writeFileSync(path.join(root, 'scripts/program'), '\x7fELF\0', { mode: 0o755 })
    fs.writeFileSync(path.join(root, 'scripts/not-executable'), '#!/bin/sh\n', { mode: 0o644 })
    const { paths, warnings, scripts } = await read()
    assert.deepEqual(paths, [...names, 'tool'].map(name => `scripts/${name}`).sort())
    assert.deepEqual(warnings, [])
    assert.equal(scripts.at(-1)?.header.name, 'awkward')
  })

  test('leaves out what git ignores', async t => {
    const { root, read } = arrange(t, {
      '.gitignore': 'node_modules\n*.tmp.sh\n',
      'scripts/a.sh': script,
      'scripts/untracked.sh': script,
      'scripts/.hidden.sh': script,
      'scripts/b.tmp.sh': script,
      'scripts/kept.tmp.sh': script,
      'scripts/gone.sh': script,
      'scripts/node_modules/x.js': '',
      'scripts/sub/.gitignore': '*\n',
      'scripts/sub/c.sh': script,
    })
    git(root, 'init', '-q')
    git(root, 'add', '-f', 'scripts/a.sh', 'scripts/kept.tmp.sh', 'scripts/gone.sh')
    fs.rmSync(path.join(root, 'scripts/gone.sh'))
    assert.deepEqual((await read()).paths, [
      'scripts/.hidden.sh',
      'scripts/a.sh',
      'scripts/kept.tmp.sh',
      'scripts/untracked.sh',
    ])
  })

  test('asks a repository inside the repository for its own rules', async t => {
    const { root, read } = arrange(t, {
      'scripts/a.sh': script,
      'scripts/inner/.gitignore': 'c.sh\n',
      'scripts/inner/b.sh': script,
      'scripts/inner/c.sh': script,
    })
    git(root, 'init', '-q')
    git(path.join(root, 'scripts/inner'), 'init', '-q')
    assert.deepEqual((await read()).paths, ['scripts/a.sh', 'scripts/inner/b.sh'])
  })

  test('says so when git ignores a whole folder', async t => {
    const { root, read } = arrange(t, { '.gitignore': 'scripts\n', 'scripts/a.sh': script })
    git(root, 'init', '-q')
    const { paths, warnings } = await read()
    assert.deepEqual(paths, [])
    assert.deepEqual(warnings, ['script_dirs: "scripts": git ignores all that is in it.'])
  })

  test('starts no program that a repository names', async t => {
    const { root, read } = arrange(t, {
      'scripts/a.sh': script,
      'spy.sh': '#!/bin/sh\ntouch "$(dirname "$0")/seen"\n',
    })
    git(root, 'init', '-q')
    git(root, 'config', 'core.fsmonitor', path.join(root, 'spy.sh'))
    assert.deepEqual((await read()).paths, ['scripts/a.sh'])
    assert.equal(fs.existsSync(path.join(root, 'seen')), false)
  })

  test('leaves out what is hidden or installed where there is no git', async t => {
    const { read } = arrange(t, {
      'scripts/a.sh': script,
      'scripts/.b.sh': script,
      'scripts/.venv/c.py': '',
      'scripts/venv/c.py': '',
      'scripts/node_modules/d.js': '',
    })
    assert.deepEqual((await read()).paths, ['scripts/a.sh'])
  })

  test('is as the files are, without being told', async t => {
    const { root, read } = arrange(t, { 'scripts/a.sh': script, 'scripts/b.sh': script })
    const [a, b] = ['a.sh', 'b.sh'].map(name => path.join(root, 'scripts', name)) as [string, string]
    const before = await read()
    assert.strictEqual(
      (await read()).scripts[0]?.header,
      before.scripts[0]?.header,
      'what did not change is kept',
    )
    const { mtime } = fs.statSync(a)
    fs.writeFileSync(a, script.replace('one', 'two'))
    fs.utimesSync(a, mtime, mtime)
    fs.rmSync(b)
    writeFiles(root, { 'scripts/c.sh': script })
    const { scripts } = await read()
    assert.deepEqual(
      scripts.map(it => `${it.path} ${it.header.name}`),
      ['scripts/a.sh two', 'scripts/c.sh one'],
    )
  })

  test('warns of what looks like a script and is none, and goes on', async t => {
    const { root, read } = arrange(t, { 'scripts/good.sh': script, 'outside.sh': script })
    const at = (name: string) => path.join(root, 'scripts', name)
    fs.writeFileSync(at('binary.py'), Buffer.from([0x7f, 0x45, 0, 1, 2]))
    fs.writeFileSync(at('latin.sh'), Buffer.from('# description: caf\xe9\n', 'latin1'))
    fs.symlinkSync('nowhere.sh', at('broken.sh'))
    fs.symlinkSync('loop.sh', at('loop.sh'))
    fs.symlinkSync('/etc/passwd', at('passwd.sh'))
    fs.symlinkSync('/etc/passwd', at('passwd'))
    fs.symlinkSync('../outside.sh', at('inside.sh'))
    fs.symlinkSync('..', at('up'))
    fs.symlinkSync('.', at('self.sh'))
    execFileSync('mkfifo', [at('pipe.sh')])
    const sparse = fs.openSync(at('huge.sh'), 'w')
    fs.writeSync(sparse, '# name: huge\n')
    fs.writeSync(sparse, '# the end\n', 8 * 1024 ** 3)
    fs.closeSync(sparse)
    const { paths, warnings, scripts } = await read()
    assert.deepEqual(paths, ['scripts/good.sh', 'scripts/huge.sh', 'scripts/inside.sh', 'scripts/latin.sh'])
    assert.equal(scripts[3]?.header.description, 'caf\ufffd')
    assert.deepEqual(warnings, [
      'scripts/binary.py: it is not a text; it is left out.',
      'scripts/broken.sh: it is a link that leads nowhere (ENOENT); it is left out.',
      'scripts/loop.sh: it is a link that leads nowhere (ELOOP); it is left out.',
      'scripts/passwd.sh: it is a link that leads out of the project; it is left out.',
      'scripts/pipe.sh: it is not a file; it is left out.',
    ])
  })

  test('warns of a script that may not be read', {
    skip: process.getuid?.() === 0 && 'root may read everything',
  }, async t => {
    const { root, read } = arrange(t, { 'scripts/secret.sh': script })
    fs.chmodSync(path.join(root, 'scripts/secret.sh'), 0)
    assert.deepEqual((await read()).warnings, [
      'scripts/secret.sh: it cannot be read (EACCES); it is left out.',
    ])
  })

  test('looks into each folder once, wherever it lies', async t => {
    const { root, read } = arrange(t, { 'scripts/deep/a.sh': script, '../elsewhere/b.sh': script }, [
      'scripts',
      './scripts/',
      'scripts/deep',
      '../elsewhere',
      'linked',
    ])
    fs.symlinkSync('../elsewhere', path.join(root, 'linked'))
    const { paths, warnings } = await read()
    assert.deepEqual(paths, [path.resolve(root, '../elsewhere/b.sh'), 'linked/b.sh', 'scripts/deep/a.sh'])
    assert.deepEqual(warnings, [])
  })

  test('misses a folder that somebody named, not the usual one', async t => {
    const { read } = arrange(t, { 'plain.sh': '' }, ['scripts', 'tools', 'plain.sh'])
    assert.deepEqual((await read()).warnings, [
      'script_dirs: the folder "tools" cannot be read (ENOENT).',
      'script_dirs: "plain.sh" is not a folder.',
    ])
  })
})
