import fc from 'fast-check'
import type { Implementation } from '../conformance/harness.ts'
import { testClock } from '../support/clock.ts'
import type { Step } from './command.ts'
import { createQueue, createSession, laneSteps } from './on-lanes.ts'
import { questionSteps } from './on-questions.ts'
import { taskSteps } from './on-tasks.ts'
import { workSteps } from './on-work.ts'
import { emptyModel, type ModelSettings } from './state.ts'

const settings: fc.Arbitrary<ModelSettings> = fc.record({
  keep_unreviewed: fc.boolean(),
  needs: fc.constantFrom<ModelSettings['needs'][]>(['failures', 'questions', 'agents'], ['all'], []),
})

/** Every run begins with something to work on. */
const beginning = (): Step[] => [
  createSession('s1'),
  createQueue('auth', () => 's1'),
  createQueue('web', () => 's1', { instructions: 'Be brief.' }),
]

/**
 * Any sequence of calls: each is answered, or refused, as the model says, and leaves everything as the model has it.
 * MODEL_RUNS says how many sequences; MODEL_SEED (and MODEL_PATH, which goes straight to the shrunk one) replays.
 */
export async function checkModel(implementation: Implementation, usualRuns: number): Promise<void> {
  const { MODEL_RUNS: runs, MODEL_SEED: seed, MODEL_PATH: path } = process.env
  const steps = fc.oneof(...laneSteps, ...taskSteps, ...workSteps, ...questionSteps)
  const property = fc.asyncProperty(
    settings,
    fc.commands([steps], { maxCommands: 60, size: 'max' }),
    (chosen, commands) => runOnce(implementation, chosen, commands),
  )
  const details = await fc.check(property, {
    numRuns: runs ? Number(runs) : usualRuns,
    ...(seed ? { seed: Number(seed) } : {}),
    ...(path ? { path } : {}),
  })
  if (!details.failed) return
  const { seed: usedSeed, counterexamplePath, errorInstance } = details
  const replay = `MODEL_SEED=${usedSeed} MODEL_PATH=${counterexamplePath} npm test -- test/model/*.test.ts`
  throw new Error(`In run ${details.numRuns}. The same again: ${replay}`, { cause: errorInstance })
}

async function runOnce(
  implementation: Implementation,
  chosen: ModelSettings,
  commands: Iterable<Step>,
): Promise<void> {
  const clock = testClock()
  const opened = await implementation.open({ clock, config: configOf(chosen) })
  const calls: string[] = []
  try {
    const lastSeq = (await opened.api.listEvents({ limit: 1 })).events[0]?.seq ?? 0
    const real = { api: opened.api, clock, lastSeq, calls }
    await fc.asyncModelRun(
      () => ({ model: emptyModel(clock(), chosen), real }),
      [...beginning(), ...commands],
    )
  } catch (error) {
    const what = [JSON.stringify(chosen), ...calls].join('\n')
    throw new Error(`SparkQ and the model differ after the last of these:\n${what}`, { cause: error })
  } finally {
    await opened.close()
  }
}

const configOf = ({ keep_unreviewed, needs }: ModelSettings): string =>
  `purge: {keep_unreviewed: ${keep_unreviewed}}\nreview: {needs: [${needs.join(', ')}]}\n`
