import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { builtInPrompts } from '../../src/core/built-in-prompts.ts'
import { type RunOptions, type Site, site, snapshot } from './run-cli.ts'

async function json({ sparkq }: Site, args: string[], options?: RunOptions) {
  const { stdout, stderr, code } = await sparkq([...args, '--json'], options)
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout)
}

const store = ({ core }: Site, command: string, template: string) => core.createPrompt({ command, template })

describe('prompts', { concurrency: 2 }, () => {
  test('are listed with their variables, the built-in ones too', async t => {
    const at = await site(t)
    await at.core.createPrompt({
      command: 'ship',
      template: 'Ship {{version}} to {{where=staging}}.',
      description: 'Ship it',
    })
    const { stdout, stderr } = await at.sparkq(['prompts'])
    assert.match(stdout, /^ {2}prompt +variables +source +what\n/)
    assert.match(stdout, /^ {2}ship +version \[where\] +user +Ship it$/m)
    assert.match(stdout, /^ {2}write-tests +file \[command\] +built-in +Write the tests that a file lacks$/m)
    assert.match(stderr, /^ {2}sparkq prompts show NAME /)
    const { prompts, next_cursor } = await json(at, ['prompts'])
    assert.deepEqual([prompts.length, next_cursor], [builtInPrompts.length + 1, null])
  })

  test('are shown byte for byte, with the way to queue them', async t => {
    const at = await site(t)
    await store(at, 'ship', 'Ship {{version}}\n\tto {{where=x}}.')
    const { stdout, stderr } = await at.sparkq(['prompts', 'show', 'SHIP'])
    assert.equal(stdout, 'Ship {{version}}\n\tto {{where=x}}.\n')
    assert.match(stderr, /^ {2}sparkq enqueue -q NAME --prompt ship --var version=…/)
    assert.equal((await json(at, ['prompts', 'show', 'ship'])).prompt.command, 'ship')
  })

  test('are created from a word, a file or stdin', async t => {
    const at = await site(t, { 'p.md': 'From a file: {{a}}\n\n' })
    const { stdout, stderr } = await at.sparkq(['prompts', 'create', 'one', 'Do {{a}} and {{b=2}}'])
    assert.equal(stdout, 'Stored prompt "one" · 2 variables: a, b\n')
    assert.match(stderr, /^ {2}sparkq prompts show one /)
    const file = await json(at, ['prompts', 'create', 'two', '--file', 'p.md', '--description', 'Two'])
    assert.deepEqual([file.prompt.template, file.prompt.description], ['From a file: {{a}}', 'Two'])
    await json(at, ['prompts', 'create', 'three', '-'], { input: 'plain\n' })
    assert.equal((await at.core.getPrompt({ id: 'three' })).prompt.template, 'plain')
  })

  test('are edited in the editor or by options; a built-in one becomes a copy', async t => {
    const at = await site(t)
    const editor = path.join(at.folder, 'editor.sh')
    fs.writeFileSync(editor, '#!/bin/sh\ncase "$1" in *.md) printf "Mend {{x}}.\\n" > "$1";; esac\n', {
      mode: 0o755,
    })
    const env = { EDITOR: editor }
    const copy = await at.sparkq(['prompts', 'edit', 'fix-tests'], { env })
    assert.equal(copy.stdout, 'Changed prompt "fix-tests" · your own copy now goes before the built-in one\n')
    assert.equal((await at.core.getPrompt({ id: 'fix-tests' })).prompt.template, 'Mend {{x}}.')
    const same = await at.sparkq(['prompts', 'edit', 'fix-tests'], { env })
    assert.deepEqual([same.code, same.stderr.split('\n')[0]], [2, 'Nothing was changed in "fix-tests".'])
    const renamed = await json(at, [
      'prompts',
      'edit',
      'fix-tests',
      '--name',
      'mend',
      '--description',
      'Mend',
    ])
    assert.deepEqual([renamed.prompt.command, renamed.prompt.description], ['mend', 'Mend'])
    const bare = await json(at, ['prompts', 'edit', 'mend', '--description', ''])
    assert.equal(bare.prompt.description, null)
    assert.deepEqual(fs.readdirSync(at.env.TMPDIR as string), [])
  })

  test('are deleted; a built-in one counts again', async t => {
    const at = await site(t)
    await store(at, 'ship', 'x')
    await store(at, 'explain', 'x')
    assert.equal((await at.sparkq(['prompts', 'delete', 'ship'])).stdout, 'Deleted prompt "ship"\n')
    assert.equal(
      (await at.sparkq(['prompts', 'delete', 'explain'])).stdout,
      'Deleted prompt "explain" · the built-in one counts again\n',
    )
  })

  test('have a help that names the commands around them', async t => {
    const at = await site(t)
    const { stdout } = await at.sparkq(['prompts', '--help'])
    assert.match(stdout, /^List the stored prompts/)
    assert.match(stdout, /^See also\n {2}prompts show +Show the template/m)
    assert.equal((await at.sparkq(['help', 'prompts'])).stdout, stdout)
    assert.match((await at.sparkq(['prompts', 'edit', '--help'])).stdout, /^Change a prompt/)
  })
})

describe('enqueue --prompt', { concurrency: 2 }, () => {
  const prompt = async (at: Site, args: string[], options?: RunOptions) => {
    const { task } = await json(at, ['enqueue', ...args], options)
    return [task.queue.name, task.tool_name, task.payload.prompt]
  }

  test('queues the text of a stored prompt, filled in; the task keeps it', async t => {
    const at = await site(t, { 'notes.md': 'first\nsecond\n' })
    await store(at, 'ship', 'Ship {{version}} to {{where=staging}}.{{notes=}}')
    const first = await prompt(at, ['--prompt', 'ship', '--var', 'version=1.2'])
    assert.deepEqual(first, ['default', 'llm-sonnet', 'Ship 1.2 to staging.'])
    await at.core.createQueue({ session_id: 'default', name: 'auth' })
    const line = ['auth', '-t', 'llm-codex', '--prompt', 'SHIP', '--var', 'version=a=b {{c}}', '--var']
    assert.deepEqual(await prompt(at, [...line, 'notes=@notes.md']), [
      'auth',
      'llm-codex',
      'Ship a=b {{c}} to staging.first\nsecond',
    ])
    assert.equal((await prompt(at, [...line, 'notes=-'], { input: 'stdin\n' }))[2]?.slice(-5), 'stdin')
    assert.equal((await prompt(at, [...line, 'where=@@home']))[2], 'Ship a=b {{c}} to @home.')
    await at.core.updatePrompt({ id: 'ship', template: 'changed' })
    assert.deepEqual((await at.core.getTask({ id: 'DEFAULT-1' })).task.payload, { prompt: first[2] })
  })

  const mistakes: [line: string[], exit: number, sentence: RegExp, next: RegExp][] = [
    [
      ['enqueue', '--prompt', 'shi'],
      3,
      /^There is no prompt "shi"\. Did you mean "ship"\?$/,
      /^ {2}sparkq prompts$/,
    ],
    [['enqueue', '--prompt', 'ship'], 2, /^The prompt "ship" needs version\.$/, /^ {2}--var version=…$/],
    [
      ['enqueue', '--prompt', 'ship', '--var', 'verson=1'],
      2,
      /^The prompt "ship" has no variable "verson"\. Did you mean "version"\?$/,
      /its variables: version/,
    ],
    [
      ['enqueue', '--prompt', 'ship', '--var', 'version'],
      2,
      /^--var "version" is not NAME=VALUE\.$/,
      /--var file=/,
    ],
    [
      ['enqueue', '--prompt', 'ship', '--var', 'version=1', '--var', 'version=2'],
      2,
      /^--var version is given twice\.$/,
      /help enqueue/,
    ],
    [
      ['enqueue', '--prompt', 'ship', '--var', 'version=-', '--var', 'where=-'],
      2,
      /^Only one variable can be read from stdin: version or where\.$/,
      /--var where=@FILE/,
    ],
    [
      ['enqueue', '--prompt', 'ship', '--var', 'version=@none'],
      2,
      /^--var version: there is no file "none"\.$/,
      /ls -l none/,
    ],
    [['enqueue', 'default', 'x', '--var', 'a=1'], 2, /^--var fills in a stored prompt/, /sparkq prompts/],
    [
      ['enqueue', '-t', 'run-bash', '--prompt', 'ship', '--var', 'version=1'],
      2,
      /^run-bash takes no prompts: /,
      /sparkq tools/,
    ],
    [
      ['enqueue', '--prompt', 'ship', '-c', 'true'],
      2,
      /^Either -c COMMAND or --prompt NAME: /,
      /help enqueue/,
    ],
    [['prompts', 'show', 'shi'], 3, /"ship"\?$/, /sparkq prompts/],
    [['prompts', 'delete', 'fix-tests'], 4, /is built in: it cannot be deleted/, /prompts edit fix-tests/],
    [['prompts', 'edit', 'fix-tests', '--name', 'x'], 4, /is built in: it keeps its name/, /prompts create/],
    [['prompts', 'edit', 'ship'], 2, /^No editor is set\.$/, /prompts edit ship --file FILE/],
    [['prompts', 'create', 'ship', 'x'], 4, /^There is a prompt "ship" already\.$/, /prompts edit ship/],
    [['prompts', 'create', 'a b', 'x'], 2, /^"a b" cannot name a prompt/, /prompts create --help/],
    [['prompts', 'create', 'x'], 2, /^What does the prompt say\?$/, /--file FILE/],
    [['prompts', 'create', 'x', 'y', '--file', 'z'], 2, /^Either a text or --file/, /--file FILE/],
    [['prompts', 'create', 'x', '--file', 'none.md'], 2, /^--file: there is no file "none\.md"\.$/, /ls -l/],
    [['prompts', 'remove', 'x'], 2, /^There is no command "prompts remove"\./, /sparkq prompts --help/],
  ]

  test('and the commands about prompts refuse what is wrong, and change nothing', async t => {
    const at = await site(t)
    await store(at, 'ship', 'Ship {{version}} to {{where=staging}}.')
    const before = await snapshot(at.core)
    for (const [line, exit, sentence, next] of mistakes) {
      const { stdout, stderr, code } = await at.sparkq(line)
      const [said = '', ...hints] = stderr.trimEnd().split('\n')
      assert.deepEqual([stdout, code], ['', exit], `${line.join(' ')}\n${stderr}`)
      assert.match(said, sentence)
      assert.match(hints.join('\n'), next)
    }
    assert.deepEqual(await snapshot(at.core), before)
  })
})
