import fs from 'node:fs'
import path from 'node:path'
import { defaultConfig } from '../contract/config.ts'
import { withOverrides } from '../contract/settings.ts'
import { count } from '../contract/words.ts'
import { findProgram } from '../processes/find-program.ts'
import { createScriptIndex } from '../scripts/script-index.ts'
import { broken, type Check, type Finding, ok, orOk, warning } from './check.ts'
import type { Site } from './site.ts'

export const configChecks: readonly Check[] = [
  { name: 'config', anywhere: true, look: lookAtConfig },
  { name: 'overrides', look: lookAtOverrides },
  { name: 'tools', look: lookAtTools },
  { name: 'scripts', look: lookAtScripts },
]

function lookAtConfig({ project, mistake, hasConfig, typed }: Site): Finding {
  const file = typed(project.configFile)
  if (!hasConfig)
    return broken(`There is no ${path.basename(file)} here or in a folder above.`, 'sparkq setup --yes')
  if (mistake === undefined) return ok(file)
  return broken(mistake, `edit ${file}`)
}

function lookAtOverrides({ project, inspect }: Site): Finding[] {
  const { over, ignored } = withOverrides(project.config, inspect().overrides())
  return orOk(
    ignored.map(({ name, sentence }) => warning(sentence, `sparkq config unset ${name} --override`)),
    over.size === 0 ? 'none' : `over ${path.basename(project.configFile)}: ${[...over.keys()].join(', ')}`,
  )
}

/** Programs are looked for as a task finds them: in the project's folder, and on the PATH of whoever starts the runner. */
function lookAtTools({ project, inspect, env }: Site): Finding[] {
  const commands = inspect().commands()
  const isThere = (program: string): boolean =>
    program.includes('/')
      ? findProgram(path.basename(program), { PATH: path.resolve(project.root, path.dirname(program)) }) !==
        undefined
      : findProgram(program, env) !== undefined
  const missing = commands.filter(({ program }) => !isThere(program))
  return orOk(
    missing.map(({ tool, program }) =>
      warning(
        `The tool "${tool}" is run by ${program}, which is not there: until it is, workers can have its tasks.`,
        `sparkq tools edit ${tool} --no-command`,
      ),
    ),
    commands.length === 0
      ? 'none has a command of its own'
      : `${count(commands.length, 'command')} of your own`,
  )
}

async function lookAtScripts({ project, typed }: Site): Promise<Finding[]> {
  const { root, config } = project
  const dirs = config.script_dirs
  const isMissing = (dir: string) => !fs.existsSync(path.resolve(root, dir))
  // What is there by default need not be there.
  const missing = dirs.filter(dir => isMissing(dir) && !defaultConfig.script_dirs.includes(dir))
  const { scripts, warnings } = await createScriptIndex().read(root, dirs, [
    ...defaultConfig.script_dirs,
    ...missing,
  ])
  const odd = warnings.length + scripts.reduce((sum, { header }) => sum + header.warnings.length, 0)
  return orOk(
    [
      ...missing.map(dir =>
        warning(
          `script_dirs names ${dir}, which is not there.`,
          `mkdir -p ${typed(path.resolve(root, dir))}`,
        ),
      ),
      ...(odd > 0
        ? [warning(`${count(odd, 'warning')} about scripts and their headers.`, 'sparkq scripts list')]
        : []),
    ],
    count(scripts.length, 'script'),
  )
}
