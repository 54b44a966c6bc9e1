import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { parseHeader, readHeader, type ScriptHeader } from '../../src/scripts/header.ts'
import { tempFolder } from '../support/folder.ts'

const nothing: ScriptHeader = {
  name: null,
  description: null,
  inputs: [],
  outputs: [],
  tags: [],
  timeout: null,
  task_class: null,
  warnings: [],
}

const reads = (text: string, said: Partial<ScriptHeader>, file = 'x.sh') =>
  assert.deepEqual(parseHeader(text, file), { ...nothing, ...said }, text)

describe('the header of a script', () => {
  test('says everything there is to say', () => {
    reads(
      `#!/bin/bash
# name: deploy-staging
# description: Deploys current branch to staging
# inputs: branch (optional), env
# outputs: deployment URL
# tags: deploy, staging
# timeout: 300
# task_class: FAST_SCRIPT

set -eu
# name: not me
`,
      {
        name: 'deploy-staging',
        description: 'Deploys current branch to staging',
        inputs: [
          { name: 'branch', required: false },
          { name: 'env', required: true },
        ],
        outputs: [{ name: 'deployment URL', required: true }],
        tags: ['deploy', 'staging'],
        timeout: 300,
        task_class: { name: 'FAST_SCRIPT', place: 'x.sh:8' },
      },
    )
  })

  const styles: Record<string, [file: string, text: string]> = {
    'hashes without a blank': ['x.sh', '#name: one\n#description: two\n'],
    'a shebang, and a licence before it': [
      'x.sh',
      '#!/bin/sh\n# MIT, see LICENSE\n\n# name: one\n# description: two\n',
    ],
    'an encoding line': [
      'x.py',
      '#!/usr/bin/env python3\n# -*- coding: utf-8 -*-\n# name: one\n# description: two\n',
    ],
    'a docstring': ['x.py', '"""\nname: one\ndescription: two\n"""\nimport os\n'],
    'a docstring that begins at once': [
      'x.py',
      `#!/usr/bin/python\nr'''name: one\n    description: two'''\n`,
    ],
    'a docstring of a script without extension': [
      'x',
      '#!/usr/bin/env python3\n"""\nname: one\ndescription: two\n"""\n',
    ],
    'two slashes': ['x.js', '// name: one\n// description: two\n'],
    'a block of stars': ['x.ts', '/**\n * name: one\n * description: two\n */\nconst a = 1\n'],
    'a block without stars': ['x.js', '#!/usr/bin/env node\n/*\nname: one\n  description: two\n*/\n'],
    'a block behind "use strict"': ['x.js', `'use strict'\n/* name: one */\n// description: two\n`],
    'a block of Ruby': [
      'x.rb',
      '# frozen_string_literal: true\n=begin\nname: one\ndescription: two\n=end\nputs 1\n',
    ],
    'a block of Perl': [
      'x.pl',
      '#!/usr/bin/perl\n=pod\n\nname: one\n\ndescription: two\n\n=cut\nuse strict;\n',
    ],
    'lines that end as on Windows': ['x.py', '\ufeff# name: one\r\n# description: two\r\nprint(1)\r\n'],
    'capital letters': ['x.sh', '# Name: one\n# DESCRIPTION: two\n'],
  }
  for (const [style, [file, text]] of Object.entries(styles)) {
    test(`is read from ${style}`, () => reads(text, { name: 'one', description: 'two' }, file))
  }

  const none: Record<string, [file: string, text: string]> = {
    'an empty file': ['x.sh', ''],
    'what stands behind a statement': ['x.sh', 'echo hi\n# name: one\n'],
    'a text of several lines that is no docstring': ['x.sh', '"""\nname: one\n"""\n'],
    'what stands behind a block on its line': ['x.js', '/* MIT */ const a = 1\n// name: one\n'],
    'an address': ['x.sh', '# https://example.org/name\n'],
    prose: ['x.sh', '# usage: x.sh BRANCH\n# note: be careful\n# example: x.sh main\n'],
  }
  for (const [what, [file, text]] of Object.entries(none)) {
    test(`is not ${what}`, () => reads(text, {}, file))
  }

  const folded: Record<string, string> = {
    'indented lines': '# description: one\n#   two\n#     three\n# tags: a\n',
    'lines that are not indented': '# description: one\n# two\n# three\n# tags: a\n',
    'the way of YAML': '# description: >-\n#   one\n#   two three\n# tags: a\n',
    'a line of its own': '# description:\n#   one two\n#   three\n#\n# four\n# tags: a\n',
    'until a word with a colon': '# description: one two\n# three\n# usage: x.sh\n# four\n# tags: a\n',
  }
  for (const [way, text] of Object.entries(folded)) {
    test(`folds a description of several lines into one: ${way}`, () =>
      reads(text, { description: 'one two three', tags: ['a'] }))
  }

  const lists: [text: string, ...fields: string[]][] = [
    ['a, b', 'a!', 'b!'],
    ['a (optional), b (required)', 'a', 'b!'],
    ['a (Optional, default: main, or what there is), b', 'a', 'b!'],
    ['a(optional)', 'a'],
    ['[a, b]', 'a!', 'b!'],
    ['input file (CSV), count', 'input file (CSV)!', 'count!'],
    ['none', ...[]],
    ['', ...[]],
    ['\n#   - a (optional)\n#   - b', 'a', 'b!'],
    ['a,\n#   b', 'a!', 'b!'],
  ]
  for (const [text, ...fields] of lists) {
    test(`reads the inputs "${text}"`, () =>
      reads(`# inputs: ${text}\n`, {
        inputs: fields.map(it => ({ name: it.replace(/!$/, ''), required: it.endsWith('!') })),
      }))
  }

  test('lets outputs be free text', () => {
    const text = 'a report with all orders, sorted by region, as CSV'
    reads(`# outputs: ${text}\n`, { outputs: [{ name: text, required: true }] })
  })

  const wrong: [text: string, said: Partial<ScriptHeader>, ...warnings: string[]][] = [
    [
      '# timeout: soon',
      {},
      'x.sh:1: timeout "soon" is not a whole number of seconds from 1 to 31536000; it is left out.',
    ],
    [
      '#\n# timeout: 0',
      {},
      'x.sh:2: timeout "0" is not a whole number of seconds from 1 to 31536000; it is left out.',
    ],
    ['# task_class: fast script', {}, 'x.sh:1: task_class "fast script" is not a name; it is left out.'],
    ['# name:', {}, 'x.sh:1: a name has 1 to 100 characters; this one is left out.'],
    ['# description:', {}, 'x.sh:1: the description is empty.'],
    ['# name: a\n# name: b', { name: 'a' }, 'x.sh:2: there is a name already; this one is left out.'],
    ['# descripton: a', {}, 'x.sh:1: there is no field "descripton". Did you mean "description"?'],
    ['# task-class: A', {}, 'x.sh:1: there is no field "task-class". Did you mean "task_class"?'],
    [
      '# inputs: a,, b',
      {
        inputs: [
          { name: 'a', required: true },
          { name: 'b', required: true },
        ],
      },
      'x.sh:1: inputs "a,, b" has a comma too many.',
    ],
    [
      '# inputs: a (optinal)',
      { inputs: [{ name: 'a (optinal)', required: true }] },
      'x.sh:1: inputs: "(optinal)" is not a mark. Did you mean "(optional)"?',
    ],
    [
      '# inputs: a (optional',
      { inputs: [{ name: 'a (optional', required: true }] },
      'x.sh:1: inputs: a bracket is missing in "a (optional".',
    ],
    [
      '# inputs: [a, b',
      {
        inputs: [
          { name: '[a', required: true },
          { name: 'b', required: true },
        ],
      },
      'x.sh:1: inputs: a bracket is missing in "[a, b".',
    ],
    ['# inputs: (optional)', {}, 'x.sh:1: inputs: "(optional)" names nothing; it is left out.'],
    ['# inputs: a, a', { inputs: [{ name: 'a', required: true }] }, 'x.sh:1: inputs name "a" twice.'],
  ]
  for (const [text, said, ...warnings] of wrong) {
    test(`warns of ${JSON.stringify(text)}`, () => reads(text, { ...said, warnings }))
  }

  test('is cut after a whole line where a comment never ends', t => {
    const file = path.join(tempFolder(t), 'x.sh')
    fs.writeFileSync(
      file,
      `# name: one\n# timeout: 5\n${'# 0123456789\n'.repeat(2000)}# description: too late\n`,
    )
    const { name, timeout, description, warnings } = readHeader(file)
    assert.deepEqual([name, timeout, description, warnings], ['one', 5, null, []])
  })
})
