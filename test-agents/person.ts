import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { writeFiles } from '../test/support/folder.ts'
import { agentsBin } from './install.ts'

/**
 * Makes a home and temporary folders in `base` for somebody who has agents and no keys of their own. Claude is a subscriber there,
 * since only those have usage limits. @returns the environment, in which the models are at `url`
 */
export function makePerson(base: string, url: string): NodeJS.ProcessEnv {
  const at = (name: string) => path.join(base, name)
  for (const name of ['home', 'tmp', 'bin', 'codex']) fs.mkdirSync(at(name), { mode: 0o700 })
  // What calls itself python3 may be a shim that looks for its versions in $HOME, which is another one in there.
  const findPython = ['-c', 'import sys; print(sys.executable)']
  fs.symlinkSync(execFileSync('python3', findPython, { encoding: 'utf8' }).trim(), at('bin/python3'))
  writeFiles(base, {
    'codex/config.toml': codexConfig(url),
    'home/.gemini/settings.json': JSON.stringify(geminiSettings),
    'home/.gitconfig': '[user]\n  name = Test\n  email = test@example.org\n[init]\n  defaultBranch = main\n',
  })
  const folders = [at('bin'), agentsBin, path.dirname(process.execPath), process.env.PATH]
  const quiet = [
    ...['CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC', 'DISABLE_TELEMETRY', 'DISABLE_ERROR_REPORTING'],
    'DISABLE_AUTOUPDATER',
  ]
  return {
    ...{ PATH: folders.join(path.delimiter), LANG: 'C.UTF-8', HOME: at('home'), TMPDIR: at('tmp') },
    SPARKQ_RUNNER_LOCK_DIR: at('tmp'),
    ...{ ANTHROPIC_BASE_URL: url, CLAUDE_CODE_OAUTH_TOKEN: 'fake', CLAUDE_CODE_TMPDIR: at('tmp') },
    ...{ CODEX_HOME: at('codex'), FAKE_MODEL_KEY: 'fake' },
    ...{ GEMINI_CLI_HOME: at('home'), GOOGLE_GEMINI_BASE_URL: url, GEMINI_API_KEY: 'fake' },
    ...Object.fromEntries(quiet.map(name => [name, '1'])),
    // Whoever still wants to go elsewhere meets the fake model, which refuses and remembers.
    ...{ HTTPS_PROXY: url, HTTP_PROXY: url, NO_PROXY: '127.0.0.1,localhost' },
  }
}

/** https://developers.openai.com/codex/config-reference; without the features and analytics it asks hosts of its own. */
const codexConfig = (url: string) => `model = "fake-model"
model_provider = "fake"
check_for_update_on_startup = false
[model_providers.fake]
name = "fake"
base_url = "${url}/v1"
env_key = "FAKE_MODEL_KEY"
wire_api = "responses"
[features]
plugins = false
apps = false
[analytics]
enabled = false
`

/** Without a chosen kind of login Gemini CLI ends with 41; its statistics go to a host of their own. */
const geminiSettings = {
  security: { auth: { selectedType: 'gemini-api-key' } },
  privacy: { usageStatisticsEnabled: false },
}
