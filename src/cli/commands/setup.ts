import fs from 'node:fs'
import path from 'node:path'
import { configFileName } from '../../config.ts'
import { invalid } from '../../contract/errors.ts'
import { defineCommand } from '../command.ts'
import { sayNext } from '../hints.ts'
import { setUpProject } from '../setup-project.ts'
import { padEnd } from '../text.ts'

export const command = defineCommand({
  summary: 'Make this folder a SparkQ project.',
  options: {
    yes: { type: 'flag', short: 'y', describe: 'take every default without asking' },
    name: {
      type: 'text',
      value: 'NAME',
      describe: 'the name of the project; default: the name of the folder',
    },
  },
  notes: `Writes sparkq.yml and the folder sparkq/ with the database, and makes a session and a queue, both called
"default". What is there already stays as it is.`,
  local: true,
  examples: ['sparkq setup --yes', 'sparkq setup --yes --name my-project'],
  run: async ({ options, terminal, cwd }) => {
    const name = (options.name ?? path.basename(cwd)).trim() || 'project'
    if ([...name].length > 100) throw invalid('The name of a project has at most 100 characters.')
    const { made, kept } = await setUpProject(cwd, name)
    const head = made.length > 0 ? `Set up SparkQ in ${cwd}` : `SparkQ is set up in ${cwd} already`
    terminal.out.line(head)
    for (const what of made) terminal.out.line(`  ${padEnd('made', 6)}${what}`)
    for (const what of kept) terminal.out.line(`  ${padEnd('kept', 6)}${what}`)
    if (!options.yes && made.includes(configFileName))
      terminal.err.line(`It took every default; change them in ${configFileName}.`)
    const above = projectAbove(cwd)
    if (above) terminal.err.line(`There is another project above this one: ${above}`)
    sayNext(terminal.err, [
      [`sparkq enqueue -q default -c 'echo hello'`, 'queue a first task'],
      ['sparkq runner -q default', 'work the lane'],
      ['sparkq tasks', 'see what became of it'],
    ])
  },
})

function projectAbove(folder: string): string | undefined {
  const above = path.dirname(folder)
  if (above === folder) return undefined
  return fs.existsSync(path.join(above, configFileName)) ? above : projectAbove(above)
}
