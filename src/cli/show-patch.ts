import { paintPatch } from './changes-text.ts'
import { page } from './pager.ts'
import type { Face } from './terminal.ts'

/**
 * On a terminal in the person's pager, with colours; in a pipe as it is.
 * @param less as git has it: what fits on one screen stays on it
 */
export async function showPatch(
  out: Face,
  patch: string,
  env: NodeJS.ProcessEnv,
  less = 'FRX',
): Promise<void> {
  // The patch ends its last line itself.
  if (!out.isTerminal) return out.data(patch.replace(/\n$/, ''))
  const painted = paintPatch(out.paint, patch)
  if (!(await page([painted], env, less))) out.raw(painted)
}
