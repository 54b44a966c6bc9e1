import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import type { About } from '../../src/server/service/about.ts'
import { aboutService } from '../../src/server/service/about.ts'
import { renderPlist } from '../../src/server/service/plist.ts'
import { renderUnit } from '../../src/server/service/unit.ts'
import { tempFolder } from '../support/folder.ts'

const nasty = `/x y/a"b'c\\d\\ne%h%%$HOME\${X};&<>é\u0085\n\tend`

const about = (more: Partial<About> = {}): About => ({
  name: 'sparkq-x-1',
  folder: '/x y/50% "of" it\\s $HOME',
  argv: ['/usr/bin/env', nasty, 'run', '--all', ''],
  env: { PATH: `/usr/bin:${nasty}`, SPARKQ_CONFIG: nasty },
  ...more,
})

/** The words of a line, as systemd.syntax(7) and systemd.unit(5) describe them. */
function wordsOf(value: string): string[] {
  const words: string[] = []
  for (const [, inside = ''] of value.matchAll(/"((?:\\.|[^"\\])*)"\s*/g)) {
    words.push(
      inside
        .replace(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|(["\\]))/g, (_all, hex, unicode, char) =>
          char ? char : String.fromCodePoint(Number.parseInt(hex ?? unicode, 16)),
        )
        .replaceAll('%%', '%'),
    )
  }
  return words
}

const valuesOf = (unit: string, key: string) =>
  unit
    .split('\n')
    .filter(line => line.startsWith(`${key}=`))
    .map(line => line.slice(key.length + 1))

test('a unit says what was meant, whatever is in a path', () => {
  const unit = renderUnit(about())
  const [start = ''] = valuesOf(unit, 'ExecStart')
  assert.deepEqual(wordsOf(start), [':/usr/bin/env', nasty, 'run', '--all', ''])
  const variables = valuesOf(unit, 'Environment').flatMap(wordsOf)
  assert.deepEqual(variables, [`PATH=/usr/bin:${nasty}`, `SPARKQ_CONFIG=${nasty}`])
  assert.deepEqual(valuesOf(unit, 'WorkingDirectory'), ['/x y/50%% "of" it\\s $HOME'])
  for (const line of ['KillMode=process', 'Restart=on-failure', 'RestartPreventExitStatus=4'])
    assert.ok(unit.includes(`\n${line}\n`), line)
})

test('a folder that a unit cannot name is left out, and a strange path of node goes by a shell', () => {
  for (const folder of ['/a\nExecStart=/bin/evil', '/a ', '/a\\', '/a\t']) {
    const unit = renderUnit(about({ folder }))
    assert.deepEqual(valuesOf(unit, 'WorkingDirectory'), [], JSON.stringify(folder))
    assert.equal(valuesOf(unit, 'ExecStart').length, 1)
  }
  const [start = ''] = valuesOf(renderUnit(about({ argv: ['/a"b/node', 'x'] })), 'ExecStart')
  assert.deepEqual(wordsOf(start), [':/bin/sh', '-c', 'exec "$0" "$@"', '/a"b/node', 'x'])
})

test('systemd finds nothing wrong with it', t => {
  if (spawnSync('systemd-analyze', ['--version']).error) {
    t.skip('There is no systemd-analyze on the PATH.')
    return
  }
  const folder = tempFolder(t)
  const file = path.join(folder, 'sparkq-x-1.service')
  for (const argv of [about().argv, ['/a"b/node', 'x']]) {
    fs.writeFileSync(file, renderUnit(about({ folder, argv })))
    const { stderr, status } = spawnSync('systemd-analyze', ['--user', 'verify', file], {
      encoding: 'utf8',
      env: { ...process.env, XDG_RUNTIME_DIR: folder },
    })
    // What it may find in other units of this machine is not ours.
    const ours = stderr.split('\n').filter(line => line.includes(path.basename(file)))
    assert.deepEqual([ours, status], [[], 0])
  }
})

test('an agent of launchd says what was meant, whatever is in a path', t => {
  const file = path.join(tempFolder(t), 'x.plist')
  // XML knows no control characters but these.
  const xml = nasty.replace('\u0085', '')
  const meant = about({ argv: ['/usr/bin/env', xml, ''], env: { PATH: xml } })
  fs.writeFileSync(file, renderPlist(meant))
  const read = 'import json, plistlib, sys; print(json.dumps(plistlib.load(open(sys.argv[1], "rb"))))'
  const agent = JSON.parse(execFileSync('python3', ['-c', read, file], { encoding: 'utf8' }))
  assert.deepEqual(agent.ProgramArguments, meant.argv)
  assert.deepEqual(agent.EnvironmentVariables, meant.env)
  assert.equal(agent.WorkingDirectory, meant.folder)
  assert.equal(agent.Label, meant.name)
  assert.equal(agent.AbandonProcessGroup, true)
})

test('services of two projects have two names, which say whose they are', () => {
  const nameOf = (configFile: string) => aboutService({ configFile }, {}).name
  assert.match(nameOf('/home/me/My Project (2)/sparkq.yml'), /^sparkq-my-project-2-[0-9a-f]{8}$/)
  assert.notEqual(nameOf('/a/x/sparkq.yml'), nameOf('/b/x/sparkq.yml'))
  assert.match(nameOf('/工/sparkq.yml'), /^sparkq-[0-9a-f]{8}$/)
})
