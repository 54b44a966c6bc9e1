import type { Project } from '../config.ts'
import { ensureToken } from '../http/guard/token.ts'
import { tokenPath } from './places.ts'

/** The token of a project, made if there is none yet. */
export const tokenOf = (project: Pick<Project, 'configFile'>): string => ensureToken(tokenPath(project))
