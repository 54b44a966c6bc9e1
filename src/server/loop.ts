/** A thing done again and again, until it is stopped. */
export type Loop = {
  /** Resolves when what was going on is over. */
  stop(): Promise<void>
}

/** Runs `work` at once, then `pauseMs` after it was done, and so on; what it throws goes to `onError`. */
export function startLoop(
  pauseMs: number,
  work: () => void | Promise<void>,
  onError: (error: unknown) => void,
): Loop {
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  let turn: Promise<void>

  const run = async (): Promise<void> => {
    try {
      await work()
    } catch (error) {
      onError(error)
    }
    if (!stopped) {
      timer = setTimeout(() => {
        turn = run()
      }, pauseMs)
    }
  }
  turn = run()
  return {
    stop: () => {
      stopped = true
      clearTimeout(timer)
      return turn
    },
  }
}
