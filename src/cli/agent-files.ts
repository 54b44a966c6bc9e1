import os from 'node:os'
import path from 'node:path'
import type { Target } from '../agent-files/install.ts'
import { type Piece, type Place, piecesOf, type Scope, usualScope } from '../agent-files/pieces.ts'
import { recordFileOf } from '../agent-files/record.ts'
import { type AgentName, agentNames } from '../contract/agents.ts'
import { invalid } from '../contract/errors.ts'
import { didYouMean } from '../contract/nearest.ts'
import { findProgram } from '../processes/find-program.ts'

type Asked = { root: string; env: NodeJS.ProcessEnv; project?: boolean; user?: boolean }

/** Where an assistant of this name is told of SparkQ, and what. */
export function findTarget(
  agent: AgentName,
  { root, env, project = false, user = false }: Asked,
): { at: Target; pieces: Piece[] } {
  if (project && user) throw invalid('Either --project or --user, not both.')
  const scope: Scope = project ? 'project' : user ? 'user' : usualScope[agent]
  const place = placeOf(root, env)
  const at = { agent, scope, recordFile: recordFileOf(scope, place, env) }
  return { at, pieces: piecesOf(agent, scope, place) }
}

/** Every place where an agent may have been told. */
export const allTargets = (root: string, env: NodeJS.ProcessEnv) =>
  agentNames.flatMap(agent => [
    findTarget(agent, { root, env, project: true }),
    findTarget(agent, { root, env, user: true }),
  ])

export function readAgentName(typed: string): AgentName {
  const name = typed.toLowerCase()
  const found = agentNames.find(it => it === name)
  if (found) return found
  throw invalid(`There is no agent "${typed}": ${agentNames.join(', ')}.${didYouMean(name, agentNames)}`)
}

function placeOf(root: string, env: NodeJS.ProcessEnv): Place {
  const home = env.HOME || os.homedir()
  return { root, home, codexHome: env.CODEX_HOME || path.join(home, '.codex'), sparkq: ownWords(env) }
}

/** `sparkq` where that is found, else how this very program was started. */
function ownWords(env: NodeJS.ProcessEnv): string[] {
  if (findProgram('sparkq', env)) return ['sparkq']
  return [process.execPath, path.resolve(process.argv[1] ?? '')]
}
