import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Project } from './config.ts'

export const playbookPath = ({ root }: Pick<Project, 'root'>): string =>
  path.join(root, 'sparkq/WORKER_PLAYBOOK.md')

/** What workers are told in full, as it lies in the project; undefined where it does not. */
export async function readPlaybook(project: Pick<Project, 'root'>): Promise<string | undefined> {
  try {
    return await readFile(playbookPath(project), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
