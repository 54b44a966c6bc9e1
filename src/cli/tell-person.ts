import type { Connection } from '../connect.ts'
import { type Notifier, startNotifier } from '../notify/notifier.ts'

type Tell = (
  connection: Connection,
  env: NodeJS.ProcessEnv,
  onTrouble: (sentence: string) => void,
) => Promise<Notifier | undefined>

/** Where a server elsewhere keeps the books, it tells what happens. */
export const tellPerson: Tell = async ({ api, project, notifications }, env, onTrouble) =>
  notifications && startNotifier({ api, ledger: notifications, project, env, onTrouble })

/**
 * For a runner that is supervised: its supervisor tells what happens on all its lanes, as many tellers would do so in no
 * order, and a lane must not wait for them. Once the supervisor is gone, the runner tells.
 */
export const tellOnceAlone: Tell = async (connection, env, onTrouble) => {
  let own: ReturnType<Tell> | undefined
  const begin = (): void => {
    own ??= tellPerson(connection, env, onTrouble).catch(error => {
      onTrouble(`Nothing can be told: ${(error as Error).message}`)
      return undefined
    })
  }
  if (process.connected) process.once('disconnect', begin)
  else begin()
  return {
    stop: async patienceMs => {
      process.off('disconnect', begin)
      await (await own)?.stop(patienceMs)
    },
  }
}
