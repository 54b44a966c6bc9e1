import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renderPrompt, variablesOf } from '../../src/contract/templates.ts'
import { builtInPrompts } from '../../src/core/built-in-prompts.ts'
import { refused } from '../support/refused.ts'

const render = (template: string, values: Record<string, string> = {}) =>
  renderPrompt({ command: 'x', template }, values)

const rendered: [template: string, values: Record<string, string>, text: string][] = [
  ['Fix {{file}}.', { file: 'a b.ts' }, 'Fix a b.ts.'],
  ['{{a}}{{b}}{{a}}', { a: '1', b: '2' }, '121'],
  ['on {{branch=main}}', {}, 'on main'],
  ['on {{branch=main}}', { branch: 'dev' }, 'on dev'],
  ['on {{branch=main}}', { branch: '' }, 'on '],
  ['{{note=}}.', {}, '.'],
  ['{{n=a=b c}}', {}, 'a=b c'],
  ['{{n=1}} {{n}} {{n=2}}', {}, '1 1 1'],
  ['{{n}} {{n=2}}', {}, '2 2'],
  ['{{a}}', { a: '{{b}} $& $1 \\' }, '{{b}} $& $1 \\'],
  ['\\{{name}} stays', {}, '{{name}} stays'],
  ['\\{{name=x}} {{name=x}}', {}, '{{name=x}} x'],
  ['{{toString=1}} {{__proto__=2}}', {}, '1 2'],
  ['{{{a}}}', { a: 'x' }, '{x}'],
  ['{{kebab-case}} {{snake_case}}', { 'kebab-case': '1', snake_case: '2' }, '1 2'],
  ['{{a=}} }} {{', {}, ' }} {{'],
]
for (const [template, values, text] of rendered) {
  test(`${template} with ${JSON.stringify(values)} is ${JSON.stringify(text)}`, () => {
    assert.equal(render(template, values), text)
  })
}

for (const code of [
  'const a = {b: {c: 1}}',
  '<p>{{ message }}</p>',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how GitHub writes it
  '${{ secrets.KEY }}',
  '{{.Values.name}}',
  '{{#if x}}y{{/if}}',
  '{{user.name}}',
  '{{1}}',
  '{{}}',
  '{{a={b}}}',
  '{{a\n}}',
  '{{a=1\n}}',
  '{{überall}}',
  '{%raw%}',
]) {
  test(`${JSON.stringify(code)} is code, and stays`, () => {
    assert.deepEqual(variablesOf(code), [])
    assert.equal(render(code), code)
  })
}

test('every value that is missing is named', async () => {
  const error = await refused(
    () => render('{{a}} {{b=1}} {{c}}', {}),
    'invalid',
    /^The prompt "x" needs a and c\.$/,
  )
  assert.equal(error.hint, '--var a=…\n--var c=…')
  assert.deepEqual(
    error.errors.map(it => it.pointer),
    ['/variables/a', '/variables/c'],
  )
})

test('a value for no variable is refused with the nearest one', async () => {
  const words = /^The prompt "x" has no variable "bracnh"\. Did you mean "branch"\?$/
  const error = await refused(() => render('{{branch=main}} {{n=}}', { bracnh: 'x' }), 'invalid', words)
  assert.equal(error.hint, 'its variables: branch, n')
  const none = await refused(() => render('plain', { a: '1' }), 'invalid', /has no variable "a"\.$/)
  assert.equal(none.hint, 'it has none')
})

test('a long template with many braces is read in one go', () => {
  const open = '{{a='.repeat(20_000)
  assert.equal(render(open), open)
})

test('the built-in prompts have a description, say what to report, and are complete with their variables', () => {
  const commands = builtInPrompts.map(it => it.command)
  assert.deepEqual(commands, commands.toSorted())
  for (const { command, description, template, variables } of builtInPrompts) {
    assert.match(command, /^[a-z][a-z-]+$/)
    assert.match(description ?? '', /^[A-Z][^.]+$/)
    assert.match(template, /report/i, command)
    const values = Object.fromEntries(variables.map(it => [it.name, 'VALUE']))
    assert.doesNotMatch(renderPrompt({ command, template }, values), /\{\{|\}\}/, command)
  }
})
