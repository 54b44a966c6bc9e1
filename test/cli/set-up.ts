import { carryOutSetup, planSetup } from '../../src/cli/setup/project.ts'
import { type Answers, type Found, usualAnswers } from '../../src/cli/setup/questions.ts'
import { lookAtFolder } from '../../src/cli/setup/standing.ts'

/** What is found in a folder where there is nothing. */
export const nothingFound = (folder: string): Found => ({
  folder,
  scripts: [],
  prd_path: null,
  port: 5005,
  kindOf: () => undefined,
})

/** Makes `folder` a project, as `sparkq setup --yes` does. */
export async function setUpProject(folder: string, given: Partial<Answers> = {}): Promise<void> {
  const answers = { ...usualAnswers(nothingFound(folder)), ...given }
  const request = { answers, agents: [], queue_asked: false }
  await carryOutSetup(planSetup(folder, await lookAtFolder(folder), request))
}
