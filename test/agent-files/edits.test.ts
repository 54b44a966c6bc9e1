import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { missingSteps, putJson, takeJson } from '../../src/agent-files/json-edit.ts'
import { findMembers } from '../../src/agent-files/json-scan.ts'
import { definesTable, putTable, takeTable } from '../../src/agent-files/toml-edit.ts'

const value = { command: 'sparkq', args: ['mcp'], alwaysLoad: true }

/** White space and comments, as a person leaves them between two signs. */
const blank = fc.stringMatching(/^(?: |\n|\t|\r\n|\/\/ a, "b": \{\n|\/\* \} , \*\/){0,3}$/)
const word = fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('mcpServers', 'hooks', 'Stop', 'theme'))

type Written = { json: unknown; text: string }
const scalar: fc.Arbitrary<Written> = fc
  .oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null))
  .map(json => ({ json, text: JSON.stringify(json) }))

/** Any JSON document with an object on top, written in any way. */
const { object } = fc.letrec<{ any: Written; list: Written; object: Written }>(tie => ({
  any: fc.oneof({ depthSize: 'small' }, scalar, tie('list'), tie('object')),
  list: fc.tuple(fc.array(fc.tuple(blank, tie('any'), blank), { maxLength: 3 }), blank, fc.boolean()).map(
    ([items, end, comma]): Written => ({
      json: items.map(([, it]) => it.json),
      text: `[${items.map(([a, it, b]) => a + it.text + b).join(',')}${comma && items.length > 0 ? ',' : ''}${end}]`,
    }),
  ),
  object: fc
    .tuple(
      fc.uniqueArray(fc.tuple(word, blank, blank, tie('any'), blank), {
        maxLength: 4,
        selector: it => it[0],
      }),
      blank,
      fc.boolean(),
    )
    .map(
      ([items, end, comma]): Written => ({
        json: Object.fromEntries(items.map(([key, , , it]) => [key, it.json])),
        text: `{${items.map(([key, a, b, it, c]) => `${a}${JSON.stringify(key)}${b}:${it.text}${c}`).join(',')}${comma && items.length > 0 ? ',' : ''}${end}}`,
      }),
    ),
}))

describe('JSON of others', () => {
  test('is read as it is meant, with comments and a comma too many', () => {
    fc.assert(fc.property(object, ({ json, text }) => assert.deepEqual(findMembers(text).value, json)))
  })

  test('has every other byte after putting and taking: values and elements, at any depth', () => {
    const way = fc.constantFrom(['mcpServers', 'sparkq'], ['hooks', 'Stop'], ['a', 'b', 'c'], ['sparkq'])
    fc.assert(
      fc.property(fc.tuple(blank, object, blank), way, fc.boolean(), ([a, it, b], way, append) => {
        const text = a + it.text + b
        let put: string
        const made = missingSteps(text, way, { append })
        try {
          put = putJson(text, way, value, { append })
        } catch (error) {
          // Something else is in the way: then nothing is put.
          assert.ok(error instanceof SyntaxError)
          return
        }
        assert.equal(putJson(put, way, value, { append }), put)
        assert.equal(takeJson(put, way, value, { append, made }), text)
        const before = structuredClone(it.json) as Record<string, unknown>
        const after = findMembers(put).value as Record<string, unknown>
        for (const key of Object.keys(before)) if (key !== way[0]) assert.deepEqual(after[key], before[key])
      }),
      { numRuns: 500 },
    )
  })

  test('is indented as what is around it', () => {
    assert.equal(
      putJson('{\n    "a": 1, // one\n    "mcpServers": {}\n}\n', ['mcpServers', 'x'], { y: [1] }),
      '{\n    "a": 1, // one\n    "mcpServers": {\n        "x": {\n            "y": [\n                1\n            ]\n        }\n    }\n}\n',
    )
    assert.equal(putJson('{"a": 1}', ['b'], 2), '{"a": 1, "b": 2}')
  })

  test('keeps what others put beside ours, also where we made the place', () => {
    const put = putJson('{}', ['mcpServers', 'sparkq'], value)
    const grown = putJson(put, ['mcpServers', 'other'], 1)
    const left = takeJson(grown, ['mcpServers', 'sparkq'], value, { made: 1 }) as string
    assert.deepEqual(JSON.parse(left), { mcpServers: { other: 1 } })
    const changed = put.replace('"mcp"', '"mcp", "--url", "x"')
    assert.equal(takeJson(changed, ['mcpServers', 'sparkq'], value, { made: 1 }), undefined)
  })

  test('that is none is refused with the line', () => {
    for (const text of ['', '{', '{"a" 1}', '{"a": tru}', '{}}', '[1,,2]', '{"a": 01}'])
      assert.throws(() => putJson(text, ['a', 'b'], 1), /it is no JSON at line 1/)
  })
})

const name = ['mcp_servers', 'sparkq']
const body = 'command = "sparkq"\nargs = ["mcp"]\n'
const line = fc.constantFrom(
  'model = "x" # [mcp_servers.sparkq]',
  '# [mcp_servers.sparkq]',
  '[features]',
  '[mcp_servers]',
  '[mcp_servers.other]',
  '[[list."mcp_servers.sparkq"]]',
  'a.b = [ # x ]\n  "]", \'[\',\n  { c = """\n[mcp_servers.sparkq]\n""" },\n]',
  "text = '''\n[mcp_servers.sparkq]\n'''",
  '',
  '\t',
)

describe('TOML of others', () => {
  test('has every other byte after putting and taking', () => {
    fc.assert(
      fc.property(fc.array(line), fc.constantFrom('\n', '\r\n'), fc.boolean(), (lines, eol, ends) => {
        const text = (lines.join('\n') + (ends && lines.length > 0 ? '\n' : '')).replaceAll('\n', eol)
        assert.ok(!definesTable(text, name))
        const put = putTable(text, name.join('.'), body)
        assert.ok(put.text.startsWith(text))
        assert.ok(definesTable(put.text, name))
        assert.equal(takeTable(put.text, put.added), text)
        const grown = `${put.text}\n[projects."/x"]\ntrust_level = "trusted"\n`
        assert.equal(takeTable(grown, put.added), `${text}\n[projects."/x"]\ntrust_level = "trusted"\n`)
      }),
      { numRuns: 500 },
    )
  })

  test('that has the table in any spelling is known to have it', () => {
    for (const text of [
      '[mcp_servers.sparkq]',
      '[ mcp_servers . "sparkq" ]\n',
      "x = 1\n[mcp_servers.'sparkq'.env]\n",
      'mcp_servers.sparkq.command = "x"',
      '[mcp_servers]\nsparkq = { command = "x" }',
      'mcp_servers = { other = {} }',
    ])
      assert.ok(definesTable(text, name), text)
  })

  test('with keys that somebody added to our table is left alone', () => {
    const put = putTable('a = 1\n', name.join('.'), body)
    assert.equal(takeTable(`${put.text}cwd = "/x"\n`, put.added), undefined)
  })

  test('that is none is refused with the line', () => {
    for (const text of ['a = "x\n', 'a = [1\n', '[a\n', 'a\n', 'a = ]\n'])
      assert.throws(() => definesTable(text, name), /no TOML that can be read, at line 1/, text)
  })
})
