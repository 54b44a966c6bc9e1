import { SparkqError } from '../contract/errors.ts'
import type { Check, Finding } from './check.ts'
import { checks } from './checks.ts'
import { openSite, type Site } from './site.ts'

export type Diagnosis = Finding & { check: string }

type Asked = { cwd: string; env: NodeJS.ProcessEnv; full: boolean }

/** Looks at everything. A check that fails says so, and the others go on. */
export async function examine(asked: Asked, which: readonly Check[] = checks): Promise<Diagnosis[]> {
  const site = openSite(asked)
  try {
    const found: Diagnosis[] = []
    for (const check of which) {
      if (!site.isProject && !check.anywhere) continue
      for (const finding of await look(check, site)) found.push({ check: check.name, ...finding })
    }
    return found
  } finally {
    site.close()
  }
}

/** Does what can be done without a person. @returns what that was, and what kept some of it from being done */
export function mend(found: readonly Diagnosis[]): string[] {
  return found.flatMap(({ check, mend }) => {
    if (!mend) return []
    try {
      return [mend()]
    } catch (error) {
      return [`${check} could not be mended: ${(error as Error).message}`]
    }
  })
}

async function look(check: Check, site: Site): Promise<Finding[]> {
  try {
    const found = await check.look(site)
    return Array.isArray(found) ? found : [found]
  } catch (error) {
    const next = error instanceof SparkqError && error.hint ? error.hint.split('\n') : []
    return [{ state: 'unknown', says: `could not be checked: ${(error as Error).message}`, next }]
  }
}
