import { type AttemptFiles, outputSizes } from '../attempt-files/paths.ts'
import { createCpuMeter } from '../processes/cpu.ts'
import type { Member } from '../processes/tree.ts'

/**
 * Below this share of one core a tree counts as idle: waiting costs something, too. Measured: a shell that loops in
 * `sleep 1` uses 0.13 %, a Node process with a timer every 33 ms 0.43 %; a shell that asks with curl every second,
 * which may be what the task is for, 1.0 %. Where it is wrong, it is so in favour of the task: its timeout still ends it.
 */
const idleShare = 0.005
/** The kernel tells times in steps of 10 ms: one step is no proof of work. */
const leastCpuMs = 20
const looks = { perSpan: 10, leastMs: 100, mostMs: 30_000 }

export type StallWatch = {
  /** Of an attempt that was not ours from its start. What it used before is no sign of life now. */
  adopted: boolean
  /** It was said to be stalled by an earlier runner. */
  stalled: boolean
  afterMs: number
  files: AttemptFiles
  /** What lives of the task now. */
  members: () => Member[]
  onStalled: (idleMs: number) => void
  onRevived: () => void
}

/**
 * Looks again and again whether a task shows life: output that grows, or processor time that is used. A look costs a few
 * ms (4.6 ms with 83 processes), so it is taken every 30 s at most, and more often only where `afterMs` is small.
 * @returns how to stop
 */
export function watchStall(watch: StallWatch): () => void {
  const { adopted, afterMs, files, members, onStalled, onRevived } = watch
  const everyMs = afterMs > 0 ? within(afterMs / looks.perSpan, looks.leastMs, looks.mostMs) : looks.mostMs
  const measure = createCpuMeter()
  let stalled = watch.stalled
  let told = false
  let lastSize = sizeOf(files)
  let lastLook = performance.now()
  let lastLife = lastLook

  const isAlive = (now: number): boolean => {
    const size = sizeOf(files)
    const hasWritten = size !== lastSize
    lastSize = size
    return measure(members()) >= Math.max(leastCpuMs, idleShare * (now - lastLook)) || hasWritten
  }
  const check = (): void => {
    const now = performance.now()
    // Where this process did not run either (it was stopped, the machine slept), the task is not to blame.
    const gap = now - lastLook
    if (gap > 2 * everyMs) lastLife += gap - everyMs
    if (isAlive(now)) {
      lastLife = now
      if (stalled) onRevived()
      stalled = told = false
    } else if (!told && afterMs > 0 && now - lastLife >= afterMs) {
      stalled = told = true
      onStalled(now - lastLife)
    }
    lastLook = now
  }
  if (adopted) measure(members())
  const timer = setInterval(check, everyMs)
  return () => clearInterval(timer)
}

function sizeOf(files: AttemptFiles): number {
  const { stdout, stderr } = outputSizes(files)
  return stdout + stderr
}

const within = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most)
