import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeNotice } from '../../src/notify/notice.ts'
import { programOf, waysOf } from '../../src/notify/ways.ts'
import { tempFolder } from '../support/folder.ts'
import { fakeDesktop, openTold } from './support.ts'

const onLinux = { skip: process.platform === 'darwin' && 'A desktop is told otherwise on macOS.' }

test('on a desktop it is shown, and what a task wrote stays text', onLinux, async t => {
  const desktop = fakeDesktop(tempFolder(t))
  const { PATH, DISPLAY } = desktop
  const notify = { on: ['task_failed'] }
  const at = await openTold(t, { command: 'cat > /dev/null', notify, env: { PATH, DISPLAY } })
  await at.failing('--help <img src="x">&amp; \\074b\\n $(id) `id` \u001b]0;x\u0007\u202e -u critical')
  await at.notifier.stop(10_000)
  assert.deepEqual(at.troubles, [])
  assert.deepEqual(desktop.shown(), [
    [
      '--app-name=SparkQ',
      '--',
      `SparkQ · ${at.project.config.project.name}`,
      'Q-1 failed: --help &lt;img src="x"&gt;&amp;amp; \\\\074b\\\\n $(id) `id` ]0;x -u critical',
    ],
  ])
})

test('where there is no desktop, or it is not wanted, nothing is shown', onLinux, t => {
  const { PATH } = fakeDesktop(tempFolder(t))
  const settings = { command: null, desktop: true, on: [] }
  assert.deepEqual(waysOf(settings, { PATH }), [])
  assert.deepEqual(waysOf(settings, { PATH: '/nowhere', DISPLAY: ':0' }), [])
  assert.deepEqual(waysOf({ ...settings, desktop: false }, { PATH, DISPLAY: ':0' }), [])
  for (const name of ['DISPLAY', 'WAYLAND_DISPLAY', 'DBUS_SESSION_BUS_ADDRESS']) {
    assert.deepEqual(waysOf(settings, { PATH, [name]: 'x' }), ['desktop'])
  }
  assert.deepEqual(waysOf({ ...settings, command: 'x' }, { PATH, DISPLAY: ':0' }), ['command', 'desktop'])
})

test('on macOS the texts are arguments of the script, not part of it', () => {
  const message = '" & (do shell script "id") & "'
  const notice = makeNotice({ name: '" x', root: '/' }, '', { kind: 'test', message })
  const settings = { command: null, desktop: true, on: [] }
  const { argv } = programOf('desktop', settings, notice, 'darwin')
  assert.deepEqual(argv.slice(-2), ['SparkQ · " x', message])
  assert.equal(argv.filter(word => word.includes('do shell')).length, 1)
})
