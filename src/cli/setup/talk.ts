import { configFileName } from '../../config.ts'
import type { AgentName } from '../../contract/agents.ts'
import { findProgram } from '../../processes/find-program.ts'
import { type Asker, openAsker } from '../ask.ts'
import type { Face } from '../terminal.ts'
import { indent, padEnd, widthOf } from '../text.ts'
import { converse, leave } from './converse.ts'
import { askVersions, findWorkTree } from './look-around.ts'
import { listSetup, planSetup, type SetupPlan } from './project.ts'
import { type Answers, type Found, isSetting, type Question, questions, usualAnswers } from './questions.ts'
import { lacksLane, type Standing } from './standing.ts'
import type { Request } from './steps.ts'

/** What a conversation starts from. `given`: what the command line has said already. */
export type Talk = {
  found: Found
  standing: Standing
  given: Partial<Answers>
  agents: readonly AgentName[]
  env: NodeJS.ProcessEnv
  err: Face
}

export const nothingWritten = 'Nothing was written.'

/**
 * Asks what is to be asked, shows what will be made, and asks whether to make it.
 * @returns undefined when the person left, or said no
 */
export async function talkOver(talk: Talk): Promise<SetupPlan | undefined> {
  const { err, found, standing, given } = talk
  await sayWhereWeAre(talk)
  const asker = await openAsker(() => err.line(nothingWritten))
  try {
    const open = openQuestions(standing, given)
    if (open.length > 0) err.line('Enter takes what stands in brackets; q leaves, and nothing is written.\n')
    const said = await converse(open, found, { asker, err })
    if (said === undefined) return undefined
    const plan = planSetup(found.folder, standing, requestOf(talk, said))
    if (listSetup(plan).length === 0) return plan
    return (await isWanted(plan, { asker, err })) ? plan : undefined
  } finally {
    asker.close()
  }
}

/** What is asked of setup: what was said, what the command line says, and else what is usual. */
export function requestOf(
  { found, given, agents }: Omit<Talk, 'env' | 'err'>,
  said: Partial<Answers>,
): Request {
  const answers = { ...usualAnswers(found), ...said, ...given }
  return { answers, agents, queue_asked: given.queue !== undefined }
}

/** What neither the command line nor what is there says already. */
export function openQuestions(standing: Standing, given: Partial<Answers>): Question[] {
  const isNew = standing.project === undefined
  return questions.filter(({ key }) => {
    if (given[key] !== undefined) return false
    if (isSetting(key) || key === 'examples') return isNew
    return lacksLane(standing, given.queue)
  })
}

async function sayWhereWeAre({ found, standing, agents, env, err }: Talk): Promise<void> {
  const say = (what: string, words: string) => err.line(`  ${padEnd(what, 8)}${words}`)
  err.line(err.paint('bold', `SparkQ in ${found.folder}`))
  if (standing.project) say('is', `a project already: ${configFileName} stays as it is`)
  const [programs, tree] = await Promise.all([askVersions(agents, env), findWorkTree(found.folder, env)])
  const noTree = findProgram('git', env) ? 'this is no work tree' : 'not installed'
  say('git', tree === null ? noTree : `the work tree ${tree}`)
  const names = programs.map(({ name, version }) => (version === null ? name : `${name} ${version}`))
  say('agents', names.length === 0 ? 'none found (claude, codex, gemini)' : names.join(', '))
}

/** @returns whether to go on */
async function isWanted(plan: SetupPlan, { asker, err }: { asker: Asker; err: Face }): Promise<boolean> {
  const items = listSetup(plan)
  const width = Math.max(...items.map(({ what }) => widthOf(what))) + 2
  err.line('\nThis will be made:')
  for (const { what, about } of items) err.line(`  ${padEnd(what, width)}${err.paint('dim', about)}`)
  const hasConfig = items.some(({ what }) => what === configFileName)
  const keys = hasConfig ? `y, n, or s to see ${configFileName}` : 'y or n'
  for (;;) {
    const text = (await asker.line(`Make it (${keys}) [y]: `))?.trim()
    if (text === undefined || leave.test(text) || /^no?$/i.test(text)) return false
    if (text === '' || /^y(es)?$/i.test(text)) return true
    if (hasConfig && /^s(how)?$/i.test(text)) err.line(indent(plan.config.trimEnd(), 2))
    else err.line(`Type ${keys}.`)
  }
}
