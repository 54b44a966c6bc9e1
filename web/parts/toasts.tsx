import { useEffect } from 'react'
import type { SparkqError } from '../../src/contract/errors.ts'
import { visible } from '../../src/contract/visible-text.ts'
import { asSparkqError } from '../api/client.ts'
import { createStore, useStore } from '../api/store.ts'
import { Button } from './button.tsx'
import { Command } from './command.tsx'

type Toast = {
  id: number
  text: string
  hint?: string | undefined
  failed: boolean
  undo?: (() => Promise<unknown>) | undefined
}

const toasts = createStore<Toast[]>([])
let count = 0
const saidMs = 6000

/** Says for a moment what was done, and how to undo it. */
export function say(text: string, undo?: () => Promise<unknown>): void {
  add({ text, failed: false, undo })
}

/** Stays until it is closed. */
export function sayError(error: SparkqError): void {
  add({ text: error.message, hint: error.hint, failed: true })
}

/**
 * Does something, and shows why where that fails.
 * @returns whether it was done
 */
export async function attempt(
  work: () => Promise<unknown>,
  done?: string,
  undo?: () => Promise<unknown>,
): Promise<boolean> {
  try {
    await work()
  } catch (error) {
    sayError(asSparkqError(error))
    return false
  }
  if (done !== undefined) say(done, undo)
  return true
}

function add(toast: Omit<Toast, 'id'>): void {
  count += 1
  // An older word on the same is no longer true.
  toasts.set([
    ...toasts
      .get()
      .filter(it => it.text !== toast.text)
      .slice(-2),
    { id: count, ...toast },
  ])
}

const close = (id: number) => toasts.set(toasts.get().filter(toast => toast.id !== id))

export function Toasts() {
  return (
    <section className="toasts" aria-label="Messages" aria-live="polite">
      {useStore(toasts).map(toast => (
        <ToastBox key={toast.id} {...toast} />
      ))}
    </section>
  )
}

function ToastBox({ id, text, hint, failed, undo }: Toast) {
  useEffect(() => {
    if (failed) return
    const timer = setTimeout(() => close(id), saidMs)
    return () => clearTimeout(timer)
  }, [id, failed])
  return (
    <div className={`toast ${failed ? 'failed' : ''}`} role={failed ? 'alert' : undefined}>
      <div className="wrap">
        {visible(text)}
        {hint?.split('\n').map(line => (
          <Command key={line} text={line} />
        ))}
      </div>
      {undo ? (
        <Button
          look="quiet"
          onPress={async () => {
            close(id)
            await attempt(undo)
          }}
        >
          Undo
        </Button>
      ) : null}
      <Button look="quiet" aria-label="Close" onPress={() => close(id)}>
        ×
      </Button>
    </div>
  )
}
