import { type Hole, type Holes, prepareHoles, readHoles, recordHole, union } from '../attempt-files/holes.ts'
import { type AttemptFiles, outputSizes } from '../attempt-files/paths.ts'
import { blockBytes, punch, tryPunch } from '../attempt-files/punch.ts'
import { type OutputStream, outputStreams } from '../contract/attempts.ts'
import { megabytes } from '../contract/words.ts'

type Sizes = Record<OutputStream, number>

/** A cut is worth its while when it frees this part of the cap; the next one follows no sooner than after a pause. */
const cutsInCap = 16
const pauseMs = 20

export type OutputCap = {
  /** Call it when the output has grown. */
  grown(sizes: Sizes): void
  /** Begins no further cut. */
  stop(): void
  /** Cuts what is there to its size, once the task has ended. @returns what there is to say of it, in sentences */
  finish(): Promise<string[]>
}

/**
 * Keeps an attempt's output on disk to `capBytes`, over both streams. The task writes to its files itself, and nobody may
 * stand in its way: what is too much is taken out of their middle, again and again as they grow. What an earlier runner
 * has recorded, it may not have lived to do: that is done again.
 *
 * Measured with `yes` at 0.6 to 1 GB/s, on two cores that six to twenty others wanted too, with a cap of 64 MiB: at its
 * peak the output held 174 to 279 MiB of the disk in memory and 272 to 536 MiB on ext4; 64 MiB once it had ended. A cut
 * takes 10 to 130 ms, and meanwhile the task goes on writing.
 */
export function createOutputCap(files: AttemptFiles, capBytes: number): OutputCap {
  let holes = readHoles(files)
  let isDoubtful = holes.stdout !== null || holes.stderr !== null
  let isTried = false
  let impossible: Error | undefined
  let cutting: Promise<void> | undefined
  let pausing: NodeJS.Timeout | undefined
  let stopped = false

  const cutStream = async (stream: OutputStream, hole: Hole): Promise<void> => {
    const takeBack = recordHole(files, stream, hole)
    await punch(files[stream], hole).catch(error => {
      takeBack()
      throw error
    })
    holes = { ...holes, [stream]: hole }
  }
  const cut = async (planned: Holes): Promise<void> => {
    prepareHoles(files)
    if (!isTried) await tryPunch(files.cut)
    isTried = true
    for (const stream of outputStreams) {
      const hole = union(holes[stream], planned[stream])
      if (hole && (isDoubtful || hole.to !== holes[stream]?.to || hole.from !== holes[stream]?.from))
        await cutStream(stream, hole)
    }
    isDoubtful = false
  }
  const begin = (sizes: Sizes): Promise<void> => {
    cutting = cut(planHoles(sizes, capBytes))
      .catch(error => {
        // Where there is no room for the record now, there may be later.
        if (error.code !== 'ENOSPC') impossible = error
      })
      .finally(() => {
        cutting = undefined
        if (!stopped) pausing = setTimeout(goOn, pauseMs)
      })
    return cutting
  }
  const goOn = (): void => {
    pausing = undefined
    grown(outputSizes(files))
  }
  const grown = (sizes: Sizes): void => {
    if (stopped || impossible || cutting || pausing) return
    if (excess(sizes, holes, capBytes) >= capBytes / cutsInCap) void begin(sizes)
    else if (excess(sizes, holes, capBytes / 2) > 0) makeReady(files)
  }
  grown(outputSizes(files))
  return {
    grown,
    stop: () => {
      stopped = true
      clearTimeout(pausing)
    },
    finish: async () => {
      await cutting
      const sizes = outputSizes(files)
      if (!impossible && (isDoubtful || excess(sizes, holes, capBytes) > 0)) await begin(sizes)
      return describe(holes, excess(sizes, holes, capBytes) >= 2 * blockBytes, impossible, capBytes)
    },
  }
}

/**
 * What to leave out of the streams so that both together have no more than `capBytes`, but for the rest of a block each.
 * Either may have half of it for sure, and what the other one does not need; half of that is its beginning, the rest its
 * end. As the streams grow, holes only grow.
 */
export function planHoles(sizes: Sizes, capBytes: number): Holes {
  const plan = (size: number, other: number): Hole | null => {
    const share = capBytes - Math.min(other, capBytes / 2)
    if (size <= share) return null
    const from = toBlock(share / 2)
    const to = toBlock(size - (share - from))
    return from < to ? { from, to } : null
  }
  return { stdout: plan(sizes.stdout, sizes.stderr), stderr: plan(sizes.stderr, sizes.stdout) }
}

const toBlock = (bytes: number): number => Math.floor(bytes / blockBytes) * blockBytes

/** By how much what is kept is more than the cap. */
function excess(sizes: Sizes, holes: Holes, capBytes: number): number {
  const kept = (stream: OutputStream) => sizes[stream] - lengthOf(holes[stream])
  return kept('stdout') + kept('stderr') - capBytes
}

const lengthOf = (hole: Hole | null): number => (hole ? hole.to - hole.from : 0)

/** While there is room for it. */
function makeReady(files: AttemptFiles): void {
  try {
    prepareHoles(files)
  } catch {
    // Whoever cuts tries again, and says what was in the way.
  }
}

function describe(
  holes: Holes,
  isTooMuch: boolean,
  impossible: Error | undefined,
  capBytes: number,
): string[] {
  const setting = `limits.max_output_mb: ${capBytes / megabyte}`
  const said = outputStreams.flatMap(stream => {
    const hole = holes[stream]
    return hole
      ? [`${megabytes(lengthOf(hole))} were left out of the middle of its ${stream} (${setting}).`]
      : []
  })
  if (!isTooMuch) return said
  const why = impossible?.message ?? 'the disk has no room to record it'
  return [...said, `Its output is kept whole, although it is too much (${setting}): ${why}.`]
}

const megabyte = 1024 * 1024
