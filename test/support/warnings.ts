/** Warnings but those of agents that are not on this machine: whether they are is not what a test is about. */
export const withoutAgents = (warnings: readonly string[] = []): string[] =>
  warnings.filter(it => !/^llm-\S+: its program \S+ is not on the PATH here/.test(it))

export const linesWithoutAgents = (text: string): string => withoutAgents(text.split('\n')).join('\n')
