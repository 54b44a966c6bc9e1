import { type ErrorCode, SparkqError } from '../contract/errors.ts'

/** What a server in the background says to the process that started it, once. */
export type News =
  | { type: 'sparkq_ready'; address: string }
  | { type: 'sparkq_failed'; code: ErrorCode; message: string; hint: string | undefined }

/** Whether somebody waits to hear how this server's start went, and shows it to the person. */
export const hasParent = (): boolean => process.send !== undefined

/** Tells the parent and lets go of it: from then on neither notices the other's end. */
export async function tellParent(news: News): Promise<void> {
  const send = process.send?.bind(process)
  if (!send) return
  // A parent that has gone meanwhile need not be told anything.
  await new Promise<void>(resolve => send(news, undefined, undefined, () => resolve()))
  if (process.connected) process.disconnect?.()
}

export function failure(error: unknown): News {
  const known = error instanceof SparkqError ? error : undefined
  const cause = known?.cause instanceof Error && known.code === 'internal' ? `: ${known.cause.message}` : ''
  const message = error instanceof Error ? `${error.message}${cause}` : String(error)
  return { type: 'sparkq_failed', code: known?.code ?? 'internal', message, hint: known?.hint }
}
