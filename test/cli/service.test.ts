import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { findService } from '../../src/server/service/manager.ts'
import { type ServerSite, serverSite } from '../server/support.ts'
import { tempFolder, writeFiles } from '../support/folder.ts'
import type { RunOptions } from './run-cli.ts'

const onLinux = { skip: process.platform !== 'linux' && 'Elsewhere it is another manager.' }

/** Remembers what it was told, and what is enabled and active. */
const systemctl = (folder: string): string => `#!/bin/bash
cd '${folder}' && echo "$*" >> asked.txt
shift
case $1 in
  enable) touch enabled; [ "$2" = --now ] && touch active; exit 0 ;;
  disable) rm -f enabled active ;;
  is-enabled) [ -e enabled ] ;;
  is-active) [ -e active ] ;;
esac
`

type At = ServerSite & {
  service(args: string[], options?: RunOptions): ReturnType<ServerSite['sparkq']>
  /** What systemctl was asked, without the looking around. */
  asked(): string[]
  unit: string
  units: string
  tools: NodeJS.ProcessEnv
}

/** A project on a machine whose user has a systemd, or (`manager`) something else of that name. */
async function withSystemd(t: TestContext, manager?: (folder: string) => string): Promise<At> {
  const at = await serverSite(t)
  const folder = tempFolder(t)
  writeFiles(folder, { 'bin/systemctl': (manager ?? systemctl)(folder) })
  const env = { PATH: `${folder}/bin:${process.env.PATH}`, XDG_CONFIG_HOME: `${folder}/config` }
  const asked = () =>
    fs
      .readFileSync(path.join(folder, 'asked.txt'), 'utf8')
      .trimEnd()
      .split('\n')
      .filter(line => !/is-active|is-enabled|show-environment/.test(line))
  const { file, name } = findService({ configFile: path.join(at.folder, 'sparkq.yml') }, env) ?? assert.fail()
  return {
    ...at,
    service: (args, options) => at.sparkq(['service', ...args], { ...options, env }),
    asked,
    unit: `${name}.service`,
    units: path.dirname(file),
    tools: env,
  }
}

describe('the service', { concurrency: 4, ...onLinux }, () => {
  test('is installed, started and said to be; a second time nothing changes', async t => {
    const at = await withSystemd(t)
    const { stdout, stderr, code } = await at.service(['install', '--yes'])
    assert.equal(code, 0, stderr)
    const file = path.join(at.units, at.unit)
    assert.equal(
      stdout,
      `Installed ${at.unit.replace('.service', '')} · ${file}\nIt runs, and is started at each login.\n`,
    )
    assert.match(
      stderr,
      /^ {2}sparkq service status .*\n {2}loginctl enable-linger +let it run while nobody is/,
    )
    const text = fs.readFileSync(file, 'utf8')
    assert.match(text, /^ExecStart=":\/.*node" .*main\.ts" "run" "--all" "--as-before"$/m)
    assert.ok(text.includes(`\nWorkingDirectory=${at.folder}\n`))
    assert.ok(text.includes(`\nEnvironment="SPARKQ_CONFIG=${at.folder}/sparkq.yml"\n`))
    assert.match(text, /^Environment="PATH=\/.*\/bin:.*"$/m)
    const first = ['--user daemon-reload', `--user enable --now ${at.unit}`]
    assert.deepEqual(at.asked(), first)

    const before = fs.statSync(file).mtimeMs
    const again = await at.service(['install'])
    assert.match(again.stdout, /^Installed already: .*\nIt runs, and is started at each login\.\n$/)
    assert.deepEqual([fs.statSync(file).mtimeMs, fs.readFileSync(file, 'utf8')], [before, text])

    const status = await at.service(['status'])
    assert.match(status.stdout, /^sparkq-project-\w+ · .*\n {2}runs {6}yes\n {2}at login {2}yes\n$/)
    const json = JSON.parse((await at.service(['status', '--json'])).stdout)
    assert.deepEqual(
      [json.file, json.installed, json.current, json.enabled, json.active],
      [file, true, true, true, true],
    )
  })

  test('shows what it will write, and writes nothing without an answer', async t => {
    const at = await withSystemd(t)
    const { stdout, stderr, code } = await at.service(['install'])
    assert.deepEqual([stdout, code], ['', 2])
    assert.match(stderr, /^This will be written to .*\.service:\n {2}# Written by .*\n {2}\[Unit\]\n/)
    assert.match(stderr, /\n {2}add --yes to do it\n$/)
    const printed = await at.service(['install', '--print'])
    assert.equal(
      printed.stdout,
      stderr.split('\n').slice(1, -3).join('\n').replace(/^ {2}/gm, '').concat('\n'),
    )
    assert.deepEqual(fs.existsSync(at.units), false)
  })

  test('is uninstalled, twice if you like', async t => {
    const at = await withSystemd(t)
    await at.service(['install', '--yes', '--no-start'])
    assert.deepEqual(at.asked().slice(-1), [`--user enable ${at.unit}`])
    const { stdout, code } = await at.service(['uninstall'])
    assert.match(stdout, /^Removed sparkq-project-/)
    assert.equal(code, 0)
    assert.deepEqual(at.asked().slice(2), [
      `--user disable --now ${at.unit}`,
      '--user daemon-reload',
      `--user reset-failed ${at.unit}`,
    ])
    assert.deepEqual(fs.readdirSync(at.units), [])
    const again = await at.service(['uninstall'])
    assert.deepEqual([again.stdout, again.code], ['No service of this project is installed.\n', 0])
    assert.match((await at.service(['status'])).stdout, /^No service of this project is installed\.\n/)
  })

  test('is written where nobody answers who could start it, with what to type later', async t => {
    const at = await withSystemd(t, () => '#!/bin/sh\necho "Failed to connect to bus" >&2\nexit 1\n')
    const { stdout, stderr, code } = await at.service(['install', '--yes'])
    assert.equal(code, 0)
    assert.match(stdout, /\nNobody answers who could start it \(Failed to connect to bus\)\. Later type:\n$/)
    assert.match(stderr, /^ {2}systemctl --user daemon-reload\n {2}systemctl --user enable --now sparkq-/)
    assert.match((await at.service(['status'])).stdout, /\n {2}runs {6}not known/)
    const wants = path.join(at.units, 'default.target.wants')
    fs.mkdirSync(wants)
    fs.symlinkSync(path.join(at.units, at.unit), path.join(wants, at.unit))
    assert.equal((await at.service(['uninstall'])).code, 0)
    assert.deepEqual([fs.readdirSync(at.units), fs.readdirSync(wants)], [['default.target.wants'], []])
  })

  test('a manager that refuses is an error with its words', async t => {
    const at = await withSystemd(
      t,
      () => '#!/bin/sh\n[ "$2" != enable ] || { echo "Unit is masked" >&2; exit 1; }\n',
    )
    const { stderr, code } = await at.service(['install', '--yes'])
    assert.equal(code, 1)
    assert.match(stderr, /^It could not be started: Unit is masked\n {2}systemctl --user status sparkq-/)
  })

  test('beside a server that runs already it begins at the next login', async t => {
    // One that is not the service's own.
    const at = await withSystemd(t, folder => systemctl(folder).replaceAll('touch active', 'true'))
    await at.sparkq(['start'])
    const { process: server } = await at.running()
    const { stdout, stderr } = await at.service(['install', '--yes'])
    assert.match(
      stdout,
      new RegExp(`\nA server \\(process ${server.pid}\\) runs already: the service begins at`),
    )
    assert.match(stderr, /^ {2}sparkq stop\n {2}systemctl --user restart sparkq-/)
    assert.deepEqual(at.asked().slice(-1), [`--user enable ${at.unit}`])
    await at.sparkq(['stop'])
  })

  test('a unit that is not up to date is shown, and replaced', async t => {
    const at = await withSystemd(t)
    await at.service(['install', '--yes'])
    const file = path.join(at.units, at.unit)
    const text = fs.readFileSync(file, 'utf8')
    fs.writeFileSync(file, text.replace('RestartSec=10', 'RestartSec=99'))
    assert.match((await at.service(['status'])).stdout, /It is not what would be installed now\.\n$/)
    const refused = await at.service(['install'])
    assert.match(refused.stderr, /^This will replace /)
    const { stdout, stderr } = await at.service(['install', '--yes'])
    assert.match(stdout, /\nIt runs as it was installed before\.\n$/)
    assert.match(stderr, /systemctl --user restart .* take over what has changed\n/)
    assert.equal(fs.readFileSync(file, 'utf8'), text)
  })

  test('teardown takes it along', async t => {
    const at = await withSystemd(t)
    await at.service(['install', '--yes'])
    const env = at.tools
    const asks = await at.sparkq(['teardown'], { env })
    assert.match(asks.stderr, new RegExp(`^This will be removed:\n {2}/.*${at.unit}\n`))
    assert.ok(fs.existsSync(path.join(at.units, at.unit)))
    const done = await at.sparkq(['teardown', '--force'], { env })
    assert.equal(done.code, 0, done.stderr)
    assert.match(done.stderr, /^Stopped the service sparkq-project-/)
    assert.deepEqual(fs.readdirSync(at.units), [])
    assert.ok(at.asked().includes(`--user disable --now ${at.unit}`))
  })
})

test('on macOS it is an agent that launchd is told of', t => {
  const folder = tempFolder(t)
  const log = path.join(folder, 'asked.txt')
  const loaded = path.join(folder, 'loaded')
  writeFiles(folder, {
    'bin/launchctl': `#!/bin/sh\necho "$*" >> '${log}'\ncase $1 in\n  print) test -e '${loaded}' && echo 'state = running' ;;\n  bootstrap) touch '${loaded}' ;;\n  bootout) rm '${loaded}' ;;\nesac\n`,
  })
  const env = { PATH: `${folder}/bin:${process.env.PATH}`, HOME: folder }
  const service = findService({ configFile: '/home/me/x/sparkq.yml' }, env, 'darwin') ?? assert.fail()
  assert.equal(service.file, path.join(folder, `Library/LaunchAgents/${service.name}.plist`))
  assert.equal(service.enable(false), undefined)
  assert.equal(service.enable(true), undefined)
  assert.equal(service.enable(true), undefined)
  assert.equal(service.state()?.active, true)
  service.disable()
  assert.equal(service.state()?.active, false)
  const told = fs.readFileSync(log, 'utf8').split('\n')
  assert.deepEqual(
    told.filter(line => line.startsWith('boot')),
    [
      `bootstrap gui/${process.getuid?.()} ${service.file}`,
      `bootout gui/${process.getuid?.()}/${service.name}`,
    ],
  )
})
