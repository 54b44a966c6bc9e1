import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refused } from '../support/refused.ts'
import type { Harness } from './harness.ts'

export function prompts({ open }: Harness): void {
  test('a stored prompt is known by its command in any case, and by its id', async t => {
    const { api, clock } = await open(t)
    const { prompt } = await api.createPrompt({
      command: ' Ship-It ',
      description: 'Ship a version',
      template: 'Ship {{version}} to {{where=staging}}, then {{version}} again.',
    })
    assert.deepEqual(prompt, {
      id: prompt.id,
      command: 'Ship-It',
      description: 'Ship a version',
      template: 'Ship {{version}} to {{where=staging}}, then {{version}} again.',
      variables: [
        { name: 'version', required: true, default: null },
        { name: 'where', required: false, default: 'staging' },
      ],
      source: 'user',
      created_at: clock.stamp(),
      updated_at: clock.stamp(),
    })
    assert.match(prompt.id, /^prm_/)
    for (const id of [prompt.id, 'ship-it', 'SHIP-IT'])
      assert.deepEqual(await api.getPrompt({ id }), { prompt })
  })

  test('a prompt can be changed, renamed and deleted', async t => {
    const { api, clock } = await open(t)
    const { prompt } = await api.createPrompt({ command: 'a', description: 'x', template: '{{n}}' })
    clock.advance(60)
    const changed = await api.updatePrompt({ id: 'a', command: 'b', description: null, template: '{{m}}' })
    assert.deepEqual(changed.prompt, {
      ...prompt,
      command: 'b',
      description: null,
      template: '{{m}}',
      variables: [{ name: 'm', required: true, default: null }],
      updated_at: clock.stamp(),
    })
    assert.deepEqual((await api.updatePrompt({ id: 'b', command: 'B' })).prompt.template, '{{m}}')
    await api.createPrompt({ command: 'a', template: 'again' })
    await refused(api.updatePrompt({ id: 'a', command: 'b' }), 'conflict', /a prompt "b" already/)
    assert.equal((await api.deletePrompt({ id: 'b' })).prompt.id, prompt.id)
    await refused(api.getPrompt({ id: 'b' }), 'not_found')
  })

  test('prompts are listed by their commands, in pages, the built-in ones too', async t => {
    const { api } = await open(t)
    const builtIn = (await api.listPrompts()).prompts
    assert.ok(builtIn.length >= 5)
    for (const it of builtIn) {
      assert.deepEqual([it.source, it.created_at, it.updated_at], ['built-in', null, null])
      assert.deepEqual(await api.getPrompt({ id: it.id }), { prompt: it })
    }
    for (const command of ['zebra', 'Ant', 'Übung']) await api.createPrompt({ command, template: 'x' })
    const all = (await api.listPrompts()).prompts.map(it => it.command)
    assert.deepEqual([all[0], ...all.slice(-2)], ['Ant', 'zebra', 'Übung'])
    const paged: string[] = []
    let cursor: string | null | undefined
    do {
      const page = await api.listPrompts({ limit: 2, ...(cursor ? { cursor } : {}) })
      assert.ok(page.prompts.length <= 2)
      paged.push(...page.prompts.map(it => it.command))
      cursor = page.next_cursor
    } while (cursor)
    assert.deepEqual(paged, all)
  })

  test('one’s own prompt goes before the built-in one of its name, which comes back with its deletion', async t => {
    const { api } = await open(t)
    const { prompt: builtIn } = await api.getPrompt({ id: 'fix-tests' })
    const { prompt: own } = await api.updatePrompt({ id: 'fix-tests', template: 'Mend them.' })
    assert.deepEqual([own.source, own.description], ['user', builtIn.description])
    assert.notEqual(own.id, builtIn.id)
    assert.deepEqual((await api.getPrompt({ id: 'Fix-Tests' })).prompt, own)
    const named = (await api.listPrompts()).prompts.filter(it => it.command === 'fix-tests')
    assert.deepEqual(named, [own])
    await refused(api.createPrompt({ command: 'FIX-TESTS', template: 'x' }), 'conflict', /already/)
    await api.deletePrompt({ id: 'fix-tests' })
    assert.deepEqual((await api.getPrompt({ id: 'fix-tests' })).prompt, builtIn)
    const error = await refused(api.deletePrompt({ id: 'fix-tests' }), 'conflict', /is built in/)
    assert.match(error.hint ?? '', /sparkq prompts edit fix-tests/)
    await refused(api.updatePrompt({ id: 'fix-tests', command: 'mend' }), 'conflict', /keeps its name/)
    await api.createPrompt({ command: 'explain', template: 'x' })
    assert.equal((await api.getPrompt({ id: 'explain' })).prompt.template, 'x')
  })

  test('what is not there is named, with the nearest that is', async t => {
    const { api } = await open(t)
    for (const call of [api.getPrompt, api.updatePrompt, api.deletePrompt])
      await refused(
        call({ id: 'fix-test' }),
        'not_found',
        /no prompt "fix-test"\. Did you mean "fix-tests"\?/,
      )
    await refused(api.getPrompt({ id: 'a/b' }), 'not_found', /no prompt "a\/b"/)
  })

  for (const command of ['', '  ', 'two words', 'a/b', '-x', '.', 'prm_x', 'x'.repeat(101)]) {
    test(`${JSON.stringify(command.slice(0, 20))} cannot name a prompt`, async t => {
      const { api } = await open(t)
      await refused(api.createPrompt({ command, template: 'x' }), 'invalid')
    })
  }

  test('a template must say something', async t => {
    const { api } = await open(t)
    for (const template of ['', ' \n'])
      await refused(api.createPrompt({ command: 'x', template }), 'invalid', /template.* must not be/)
    await api.createPrompt({ command: 'x', template: 'x' })
    await refused(api.updatePrompt({ id: 'x', template: '\n' }), 'invalid', /must not be blank/)
  })
}
