import assert from 'node:assert/strict'
import { test } from 'node:test'
import { idPrefixes } from '../../src/contract/ids.ts'
import { refused } from '../support/refused.ts'
import type { Harness } from './harness.ts'

export function naming({ open }: Harness): void {
  test('a name is trimmed, and unique without regard to case', async t => {
    const { api, lane } = await open(t)
    const { session } = await api.createSession({ name: '  May ' })
    assert.equal(session.name, 'May')
    await refused(api.createSession({ name: 'mAY' }), 'conflict', /a session "mAY" already/)
    await lane(' Auth ', { session_id: 'may' })
    await refused(lane('AUTH', { session_id: 'May' }), 'conflict', /a queue "AUTH" already/)
    assert.equal((await api.getQueue({ id: 'aUTH' })).queue.name, 'Auth')
  })

  test('a lane’s name is unique in the whole project, archived ones included', async t => {
    const { api, lane } = await open(t)
    await lane('one')
    await api.archiveQueue({ id: 'one' })
    await api.createSession({ name: 'other' })
    await refused(lane('One', { session_id: 'other' }), 'conflict')
  })

  test('a renaming is held to the same rules, but may change the case', async t => {
    const { api, lane } = await open(t)
    await lane('one')
    await lane('two')
    await refused(api.updateQueue({ id: 'one', name: 'TWO' }), 'conflict')
    await refused(api.updateSession({ id: 'one', name: ' Two ' }), 'conflict')
    await refused(api.updateQueue({ id: 'one', name: 'que_x' }), 'invalid')
    assert.equal((await api.updateQueue({ id: 'one', name: 'ONE' })).queue.name, 'ONE')
    assert.equal((await api.updateSession({ id: 'one', name: 'ONE' })).session.name, 'ONE')
  })

  for (const name of ['', ' ', '\u3000', 'a\nb', 'a\tb', 'x\0', `${'x'.repeat(101)}`]) {
    test(`${JSON.stringify(name.slice(0, 12))} is no name`, async t => {
      const { api } = await open(t)
      await refused(api.createSession({ name }), 'invalid')
    })
  }

  for (const prefix of Object.values(idPrefixes)) {
    test(`no name begins with ${prefix}`, async t => {
      const { api, lane } = await open(t)
      await refused(api.createSession({ name: `${prefix}x` }), 'invalid', /looks like an id/)
      await api.createSession({ name: 'one' })
      await refused(lane(` ${prefix.toUpperCase()}x`, { session_id: 'one' }), 'invalid', /looks like an id/)
    })
  }

  const longest: [string, string, string][] = [
    ['Latin', 'x'.repeat(100), 'x'.repeat(100)],
    ['a script beyond the first plane', '𐐷'.repeat(100), '𐐷'.repeat(100)],
    ['letters with their accents apart', 'e\u0301'.repeat(100), 'é'.repeat(100)],
    ['spaces around it', ` ${'x'.repeat(100)} `, 'x'.repeat(100)],
  ]
  for (const [what, given, name] of longest) {
    test(`a name may have 100 characters: ${what}`, async t => {
      const { api, lane } = await open(t)
      assert.equal((await api.createSession({ name: given })).session.name, name)
      assert.equal((await lane(given, { session_id: name })).name, name)
      assert.equal((await api.getQueue({ id: given })).queue.name, name)
    })
  }

  test('an accent is the same letter, however it is encoded', async t => {
    const { api, lane } = await open(t)
    await lane('café')
    assert.equal((await api.getQueue({ id: 'cafe\u0301' })).queue.name, 'café')
    await refused(lane('Cafe\u0301', { session_id: 'café' }), 'conflict')
  })

  const words: [string, string][] = [
    ['Back End', 'BACK-END'],
    ['auth', 'AUTH'],
    ['v2.1 (beta)', 'V2-1-BETA'],
    ['--x--', 'X'],
    ['Straße', 'STRASSE'],
    ['Café', 'CAFÉ'],
    ['доставка', 'ДОСТАВКА'],
    ['支払い', '支払い'],
    ['हिन्दी', 'हिन्दी'],
    ['🚀', 'QUEUE'],
  ]
  for (const [name, word] of words) {
    test(`the tasks of "${name}" are called ${word}-1 …`, async t => {
      const { api, lane, add } = await open(t)
      const queue = await lane(name)
      assert.equal(queue.task_prefix, word)
      const task = await add(queue)
      assert.equal(task.friendly_id, `${word}-1`)
      for (const ref of [`${word}-1`.toLowerCase(), `${word}-1`.normalize('NFD')]) {
        assert.equal((await api.getTask({ id: ref })).task.id, task.id, ref)
      }
    })
  }

  test('two lanes whose names give the same word get two', async t => {
    const { lane } = await open(t)
    assert.equal((await lane('a b')).task_prefix, 'A-B')
    assert.equal((await lane('a-b')).task_prefix, 'A-B2')
    assert.equal((await lane('a_b')).task_prefix, 'A-B3')
    assert.equal((await lane('a b2')).task_prefix, 'A-B22')
  })

  test('the word stays when the lane is renamed', async t => {
    const { api, lane, add } = await open(t)
    const queue = await lane('auth')
    await api.updateQueue({ id: 'auth', name: 'login' })
    assert.equal((await add(queue)).friendly_id, 'AUTH-1')
  })

  test('a task is known by its id, its friendly id in any case, and the beginning of its id', async t => {
    const { api, lane, add } = await open(t)
    const { id } = await add(await lane('back end'))
    for (const ref of [id, 'BACK-END-1', 'back-end-1', ' Back-End-1 ', id.slice(0, 12), id.slice(0, -1)]) {
      assert.equal((await api.getTask({ id: ref })).task.id, id, ref)
    }
  })

  test('a beginning that fits more than one task is refused; one that fits none is not found', async t => {
    const { api, lane, add } = await open(t)
    const queue = await lane()
    await add(queue)
    assert.equal((await api.getTask({ id: 'tsk_' })).task.friendly_id, 'AUTH-1')
    await add(queue)
    await refused(api.getTask({ id: 'tsk_' }), 'invalid', /more than one/)
    for (const id of ['AUTH-3', 'auth', 'tsk_aeiou', 'que_', '%', 'tsk_%']) {
      await refused(api.getTask({ id }), 'not_found', /no task/)
    }
  })

  test('what is not there is named, with the nearest that is', async t => {
    const { api, lane } = await open(t)
    await lane('backend')
    await refused(api.getQueue({ id: 'bakend' }), 'not_found', /no queue "bakend".*"backend"/)
    await refused(api.getSession({ id: 'bakend' }), 'not_found', /no session "bakend".*"backend"/)
    const far = await refused(api.getQueue({ id: 'zzz' }), 'not_found')
    assert.doesNotMatch(far.message, /Did you mean/)
  })
}
