import assert from 'node:assert/strict'
import { bad, good, json, type Place, type Row } from '../row.ts'

export const files = {
  'release.md': 'Release {{version}}.\n',
  'scripts/deploy.sh': '#!/bin/sh\n# name: deploy-staging\n# description: Deploys it\n# tags: deploy\necho\n',
  'scripts/tidy.sh': '#!/bin/sh\n# name: tidy\n# description: Tidies up\necho\n',
}

const templateIs = (id: string, template: string) => async (at: Place) =>
  assert.equal((await at.core.getPrompt({ id })).prompt.template, template)
const noPrompt = /^There is no prompt "nope"\.$/
const list = /^ {2}sparkq prompts$/m

const prompts: readonly Row[] = [
  good(`prompts create mend 'Mend {{file}}.' --description "Mends a file"`, {
    out: /^Stored prompt "mend" · 1 variable: file$/m,
    err: /sparkq prompts show mend/,
  }),
  good('prompts create release --file release.md --json', {
    leaves: json({ prompt: { command: 'release' } }),
  }),
  good('prompts create piped -', {
    input: 'From a pipe.\n',
    out: /^Stored prompt "piped" · no variables$/m,
    leaves: templateIs('piped', 'From a pipe.'),
  }),
  bad('<name>', 'prompts create mend x', 4, /^There is a prompt "mend" already/, /sparkq prompts/),
  bad('<name>', `prompts create 'two words' x`, 2, /^"two words" cannot name a prompt: use letters/),
  bad('<text>', 'prompts create empty', 2, /^What does the prompt say\?$/, /--file FILE/),
  bad('<text>', `prompts create empty ' '`, 2, /must not be blank/),
  bad(
    '--file',
    'prompts create x --file none.md',
    2,
    /^--file: there is no file "none\.md"\.$/,
    /ls -l none\.md/,
  ),
  bad(
    '--file',
    'prompts create x text --file release.md',
    2,
    /^Either a text or --file, not both\.$/,
    /--file FILE/,
  ),
  bad(
    '--description',
    'prompts create x text --description',
    2,
    /^--description needs a value: --description TEXT\.$/,
  ),

  good('prompts', { out: [/^ {2}mend +file +user +Mends a file$/m, /write-tests .* built-in /] }),
  good('prompts --json', { out: /"command":"release"/ }),
  good('prompts show release', {
    out: /^Release \{\{version\}\}\.$/m,
    err: /sparkq enqueue -q NAME --prompt release --var version=…/,
  }),
  good('prompts show release --json', { leaves: json({ prompt: { command: 'release', source: 'user' } }) }),
  bad('<name>', 'prompts show nope', 3, noPrompt, list),

  good('prompts edit mend --name repair --description ""', {
    out: /^Changed prompt "repair"$/m,
    leaves: async at => assert.equal((await at.core.getPrompt({ id: 'repair' })).prompt.description, null),
  }),
  good('prompts edit repair --file release.md --json', {
    leaves: templateIs('repair', 'Release {{version}}.'),
  }),
  good('prompts edit fix-tests', {
    env: { EDITOR: 'echo more >>' },
    out: /^Changed prompt "fix-tests" · your own copy now goes before the built-in one$/m,
  }),
  bad('<name>', 'prompts edit nope --name other', 3, noPrompt, list),
  bad('<name>', 'prompts edit repair', 2, /^No editor is set\.$/, /--file FILE/),
  bad('<name>', 'prompts edit repair', 2, /^The editor ended with 3: nothing was changed\.$/, /--help/, {
    env: { EDITOR: 'exit 3;' },
  }),
  bad(
    '--file',
    'prompts edit repair --file none.md',
    2,
    /^--file: there is no file "none\.md"\.$/,
    /ls -l none\.md/,
  ),
  bad(
    '--description',
    'prompts edit repair --description',
    2,
    /^--description needs a value: --description TEXT\.$/,
  ),
  bad(
    '--name',
    'prompts edit repair --name release',
    4,
    /^There is a prompt "release" already/,
    /sparkq prompts/,
  ),

  good('prompts delete fix-tests', { out: /^Deleted prompt "fix-tests" · the built-in one counts again$/m }),
  good('prompts delete repair --json', { leaves: json({ prompt: { command: 'repair' } }) }),
  bad(
    '<name>',
    'prompts delete fix-tests',
    4,
    /^The prompt "fix-tests" is built in: it cannot be deleted/,
    /sparkq prompts/,
  ),
]

const scripts: readonly Row[] = [
  good('scripts list', { out: [/scripts\/deploy\.sh/, /scripts\/tidy\.sh/] }),
  good('scripts list --json', { out: /"deploy-staging"/ }),
  good('scripts search deploy', {
    out: /scripts\/deploy\.sh/,
    leaves: (_, said) => assert.doesNotMatch(said.stdout, /tidy/),
  }),
  good('scripts search up tidies --json', { out: /"tidy"/ }),
  good('scripts search nothing like it', { err: /^No script is like that\.\n {2}sparkq scripts list/ }),
  bad('<words>', 'scripts search', 2, /^"sparkq scripts search" needs a WORD/),
  bad('<words>', `scripts search ' '`, 2, /^WORD must not be blank\.$/),
  good('scripts show deploy-staging', { out: [/deploy-staging/, /Deploys it/] }),
  good('scripts show scripts/tidy.sh --json', { out: /"tidy"/ }),
  bad(
    '<script>',
    'scripts show scripts/tydy.sh',
    3,
    /^There is no script "scripts\/tydy\.sh"\. Did you mean "scripts\/tidy\.sh"\?$/,
    /scripts list/,
  ),
]

export const rows: readonly Row[] = [...prompts, ...scripts]
