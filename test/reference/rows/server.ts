import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { bad, good, json, type Place, type Row } from '../row.ts'

export const files = {
  // Asked by "service"; it remembers what it was told.
  'bin/systemctl':
    '#!/bin/sh\ncd "$(dirname "$0")" && echo "$*" >> asked.txt\ncase $2 in is-*) [ -e enabled ] ;; enable) : > enabled ;; disable) rm -f enabled ;; esac\n',
}

const own = { process: true } as const
/** So that no systemd of whoever runs the tests is asked, and no desktop told. */
const apart = (at: Place) => {
  at.env.PATH = `${path.join(at.folder, 'bin')}:${at.env.PATH}`
  at.env.XDG_CONFIG_HOME = path.join(at.folder, '../home/config')
}
const unit = (at: Place): string[] => {
  const folder = path.join(at.env.XDG_CONFIG_HOME as string, 'systemd/user')
  return fs.existsSync(folder) ? fs.readdirSync(folder).filter(it => it.endsWith('.service')) : []
}
const noQueue = /^There is no queue "nope"\.$/
const noSession = /^There is no session "nope"\.$/
const queues = /^ {2}sparkq queue list$/m
const sessions = /^ {2}sparkq session list$/m
const help = /--help$/m
const port = (flag: string) => new RegExp(`^${flag} must be at most 65535; 70000 is not\\.$`)

/** What `start`, `restart` and `run` have in common. */
const refusedBy = (command: string, typed: { process?: true } = {}): readonly Row[] => [
  bad('--host', `${command} --host ''`, 2, /^--host must not be blank\.$/, help, typed),
  bad('--port', `${command} --port 70000`, 2, port('--port'), help, typed),
  bad(
    '--all',
    `${command} --all --interactive`,
    2,
    /^--interactive asks which lanes: leave the other options out\.$/,
    help,
    typed,
  ),
  bad('--session', `${command} --session nope`, 3, noSession, sessions, typed),
  bad('--queue', `${command} -q nope`, 3, noQueue, queues, typed),
  bad(
    '--interactive',
    `${command} --interactive`,
    2,
    /^Nobody is there to say which lanes\.$/,
    /--all, --session NAME or --queue NAME/,
    typed,
  ),
]

const serving: readonly Row[] = [
  good('status', {
    before: apart,
    out: [/^No server runs\.$/m, /default +default +0/],
    err: /sparkq start --all/,
  }),
  good('status --json', { leaves: json({ server: null }) }),
  good('status --token', { out: /^\S{20,}\n$/ }),
  bad('--token', 'status --token --json', 2, /^Either --token or --json, not both\.$/),
  bad(
    '--token',
    'status --token --url http://127.0.0.1:1',
    2,
    /^--token is for the server of this project: leave --url out\.$/,
  ),

  // A server in the process that asks it would take that one's channel for its own.
  ...refusedBy('run', own),
  ...refusedBy('start'),
  ...refusedBy('restart'),
  good('stop', { out: /^No server runs\.$/m }),
  good('stop --now', { out: /^No server runs\.$/m }),
  bad('--queue', 'stop -q nope', 3, noQueue, queues),
  bad('--now', 'stop --nov', 2, /^There is no option "--nov"\. Did you mean "--now"\?$/),

  good('run --host 127.0.0.1 --port 0 --all', {
    until: /SparkQ runs at http/,
    signal: 'SIGTERM',
    out: /^SparkQ runs at http:\/\/127\.0\.0\.1:\d+$/m,
  }),
  good('run --host 127.0.0.1 --port 0 --session default --as-before', {
    until: /SparkQ runs at http/,
    signal: 'SIGTERM',
    out: /SparkQ runs at/,
  }),
  good('run --host 127.0.0.1 --port 0 -q default', {
    until: /SparkQ runs at http/,
    signal: 'SIGTERM',
    out: /SparkQ runs at/,
  }),
  good('start --host 127.0.0.1 --port 0 --as-before', {
    ...own,
    out: [/^SparkQ runs at http:\/\/127\.0\.0\.1:/m, /^It works (queue )?"default"|default/m],
  }),
  good('start --all', { ...own, out: [/^SparkQ runs already at/m, /^It works every /m] }),
  good('start --session default -q default', { ...own, out: /^SparkQ runs already at/m }),
  good('stop -q default', { ...own, out: /default/, err: /sparkq start -q default/ }),
  good('restart --host 127.0.0.1 --port 0 --session default', {
    ...own,
    out: /^SparkQ runs at/m,
    err: /^Stopped the server \(process \d+\)\.$/m,
  }),
  good('restart --all -q default', { ...own, out: /^SparkQ runs at/m }),
  good('reload', { ...own, out: /^Nothing in sparkq\.yml has changed\.$/m }),
  good('reload --json', { ...own, leaves: json({ changes: [] }) }),
  bad('', 'reload now', 2, /^"now" is one word too many for "sparkq reload"\.$/),
  good('stop --now', { ...own, out: /^Stopped the server \(process \d+\)\.$/m }),
]

const service: readonly Row[] = [
  good('service status', {
    out: /^No service of this project is installed\.$/m,
    err: /sparkq service install/,
  }),
  good('service install --print', { out: /"run" "--all"/, leaves: at => assert.deepEqual(unit(at), []) }),
  bad(
    '--yes',
    'service install',
    2,
    /^It starts the server, with runners for all lanes, at each login\.$/,
    /add --yes/,
  ),
  good('service install --yes --no-start', {
    out: [/^Installed sparkq-/m, /^It is started at each login\.$/m],
    leaves: at => assert.equal(unit(at).length, 1),
  }),
  good('service status --json', { leaves: json({ installed: true, enabled: true }) }),
  good('service uninstall', { out: /^Removed sparkq-/m, leaves: at => assert.deepEqual(unit(at), []) }),
  bad('', 'service uninstall it', 2, /^"it" is one word too many/),
]

const telling: readonly Row[] = [
  good('notify test', {
    code: 1,
    out: /^Nothing would be told: no command is set, and no desktop is in reach\.$/m,
  }),
  good('notify test', {
    before: at => at.core.setConfig({ namespace: 'notify', key: 'command', value: 'cat > told.json' }),
    out: /^command +told in /m,
    leaves: at => assert.match(fs.readFileSync(path.join(at.folder, 'told.json'), 'utf8'), /"kind": ?"test"/),
  }),
  bad('', 'notify test twice', 2, /^"twice" is one word too many/),
]

export const rows: readonly Row[] = [...serving, ...service, ...telling]
