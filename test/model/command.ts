import assert from 'node:assert/strict'
import type { AsyncCommand } from 'fast-check'
import type { Api, Input, Output } from '../../src/contract/api.ts'
import { SparkqError } from '../../src/contract/errors.ts'
import type { OperationName } from '../../src/contract/operations.ts'
import type { TestClock } from '../support/clock.ts'
import { assertSame, checkState } from './compare.ts'
import type { Model, Refusal } from './state.ts'

/** What runs beside the model. */
export type Real = { api: Api; clock: TestClock; lastSeq: number; calls: string[] }
export type Step = AsyncCommand<Model, Real>

type Answer<N extends OperationName> = { answer: Output<N> } | Refusal

/**
 * One call of the Api: SparkQ has to answer what the model's rule answers, or refuse it for the reason that the rule
 * refuses it; and afterwards everything has to be where the model has it.
 * @param ask the input, from what the model holds; undefined where there is nothing to ask
 * @param unordered it ends several tasks side by side: whose events come first is open
 */
export function step<N extends OperationName>(
  name: N,
  ask: (model: Model) => Input<N> | undefined,
  rule: (model: Model, input: Input<N>, answer: Output<N> | undefined) => unknown,
  { unordered = false } = {},
): Step {
  return {
    check: model => ask(model) !== undefined,
    toString: () => name,
    run: async (model, real) => {
      const input = ask(model) as Input<N>
      const said = `${name} ${JSON.stringify(input)}`
      real.calls.push(said)
      const actual = await call(real.api, name, input)
      model.events = []
      const expected = predict(() => rule(model, input, 'answer' in actual ? actual.answer : undefined))
      if ('refused' in expected) assert.deepEqual(actual, expected)
      else assertSame(unordered ? sorted(actual) : actual, unordered ? sorted(expected) : expected, said)
      real.lastSeq = await checkState(real.api, model, { lastSeq: real.lastSeq, unordered })
    },
  }
}

async function call<N extends OperationName>(api: Api, name: N, input: Input<N>): Promise<Answer<N>> {
  try {
    const ask = api[name] as (input: Input<N>) => Promise<Output<N>>
    return { answer: await ask(input) }
  } catch (error) {
    if (error instanceof SparkqError) return { refused: error.code }
    throw error
  }
}

function predict(rule: () => unknown): { answer: unknown } | Refusal {
  try {
    return { answer: rule() }
  } catch (refusal) {
    if (isRefusal(refusal)) return refusal
    throw refusal
  }
}

const isRefusal = (it: unknown): it is Refusal => typeof it === 'object' && it !== null && 'refused' in it

/** Lists of ids in an answer, in one order. */
function sorted(said: { answer: unknown } | Refusal): unknown {
  if ('refused' in said) return said
  const fields = Object.entries(said.answer as object)
  const inOrder = fields.map(([key, it]) => [key, Array.isArray(it) ? it.toSorted() : it])
  return { answer: Object.fromEntries(inOrder) }
}
