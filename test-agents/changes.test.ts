import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { prompt, runOf } from './look.ts'
import { openSite } from './site.ts'

for (const agent of ['claude', 'codex'] as const)
  test(`what ${agent} edits with its shell is kept as a patch`, async t => {
    const site = await openSite(t, { lanes: { docs: { tool: agent } } })
    const id = await site.add('docs', prompt('Renew the notes.', 'shell echo new > notes.txt', 'say renewed'))
    const { api } = await site.serve()
    await site.sparkq(['wait', id, '--timeout', '60'])

    assert.equal(fs.readFileSync(path.join(site.folder, 'notes.txt'), 'utf8'), 'new\n')
    const { changes } = (await runOf(api, id)).attempt
    assert.ok(changes)
    assert.deepEqual(changes.files, [{ path: 'notes.txt', added: 1, deleted: 1 }])
    assert.deepEqual([changes.before.dirty, changes.after.dirty, changes.shared], [false, true, false])
    assert.equal(changes.before.head, changes.after.head)
    const { patch } = await api.getPatch({ id })
    assert.match(patch, /^-old\n\+new$/m)
    assert.equal(changes.patch_bytes, Buffer.byteLength(patch))
  })

test('a commit that an agent makes is named', async t => {
  const site = await openSite(t, { lanes: { docs: { tool: 'claude' } } })
  const commands = ['shell echo new > notes.txt', 'shell git commit -qam "Renew the notes"', 'say committed']
  const id = await site.add('docs', prompt('Renew the notes and commit them.', ...commands))
  const { api } = await site.serve()
  await site.sparkq(['wait', id, '--timeout', '60'])
  const { changes } = (await runOf(api, id)).attempt
  assert.ok(changes)
  assert.deepEqual(
    changes.commits.map(({ subject }) => subject),
    ['Renew the notes'],
  )
  assert.notEqual(changes.before.head, changes.after.head)
  assert.equal(changes.after.dirty, false)
})
