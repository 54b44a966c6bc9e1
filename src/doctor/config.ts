import fs from 'node:fs'
import path from 'node:path'
import { defaultConfig } from '../contract/config.ts'
import { count } from '../contract/words.ts'
import { createScriptIndex } from '../scripts/script-index.ts'
import { broken, type Check, type Finding, ok, orOk, warning } from './check.ts'
import type { Site } from './site.ts'

export const configChecks: readonly Check[] = [
  { name: 'config', anywhere: true, look: lookAtConfig },
  { name: 'scripts', look: lookAtScripts },
]

function lookAtConfig({ project, mistake, hasConfig, typed }: Site): Finding {
  const file = typed(project.configFile)
  if (!hasConfig)
    return broken(`There is no ${path.basename(file)} here or in a folder above.`, 'sparkq setup --yes')
  if (mistake === undefined) return ok(file)
  return broken(mistake, `edit ${file}`)
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
