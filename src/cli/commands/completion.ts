import { invalid } from '../../contract/errors.ts'
import { didYouMean } from '../../contract/nearest.ts'
import { defineCommand } from '../command.ts'
import { type Shell, shellNames, shells } from '../completion/shells.ts'

export const command = defineCommand({
  summary: 'Print what makes your shell complete commands, options and names.',
  args: { shell: { value: 'SHELL', describe: shellNames.join(', '), choices: shellNames } },
  notes: `bash: put this into ~/.bashrc
  eval "$(sparkq completion bash)"

zsh: put this into ~/.zshrc, behind compinit
  source <(sparkq completion zsh)

fish: do this once
  sparkq completion fish > ~/.config/fish/completions/sparkq.fish

Then open a new shell. Completed are commands and options, and the names of queues, sessions, tasks, tools, classes and
scripts: of the project here, or of the server that SPARKQ_URL or --url names.`,
  examples: ['sparkq completion bash', 'sparkq completion fish'],
  local: true,
  run: async ({ args, terminal }) => {
    const shell = args.shell
    if (!Object.hasOwn(shells, shell)) {
      throw invalid(`There is no completion for "${shell}".${didYouMean(shell, shellNames)}`, {
        hint: shellNames.map(name => `sparkq completion ${name}`).join('\n'),
      })
    }
    terminal.out.data(shells[shell as Shell].trimEnd())
  },
})
