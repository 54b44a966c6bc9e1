import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { operations } from '../../src/contract/operations.ts'
import { agents } from './agents.ts'
import { binding } from './binding.ts'
import { cancelling } from './cancelling.ts'
import { changing } from './changing.ts'
import { checking } from './checking.ts'
import { claiming } from './claiming.ts'
import { configuring } from './configuring.ts'
import { conversing } from './conversing.ts'
import { ending } from './ending.ts'
import { enqueueing } from './enqueueing.ts'
import { events } from './events.ts'
import { explaining } from './explaining.ts'
import { flagging } from './flagging.ts'
import { harness, type Implementation } from './harness.ts'
import { limiting } from './limiting.ts'
import { listing } from './listing.ts'
import { measuring } from './measuring.ts'
import { naming } from './naming.ts'
import { ordering } from './ordering.ts'
import { output } from './output.ts'
import { patching } from './patching.ts'
import { places } from './places.ts'
import { prompts } from './prompts.ts'
import { purging } from './purging.ts'
import { questions } from './questions.ts'
import { queues } from './queues.ts'
import { quickAdding } from './quick-adding.ts'
import { resolving } from './resolving.ts'
import { retrying } from './retrying.ts'
import { reviewing } from './reviewing.ts'
import { runners } from './runners.ts'
import { scripts } from './scripts.ts'
import { serving } from './serving.ts'
import { sessions } from './sessions.ts'
import { shape } from './shape.ts'
import { spending } from './spending.ts'
import { supervising } from './supervising.ts'
import { timeouts } from './timeouts.ts'
import { tools } from './tools.ts'
import { trees } from './trees.ts'
import { uploading } from './uploading.ts'
import { watching } from './watching.ts'

const rooms = {
  enqueueing,
  quickAdding,
  checking,
  prompts,
  configuring,
  tools,
  resolving,
  ordering,
  claiming,
  binding,
  places,
  limiting,
  conversing,
  patching,
  agents,
  trees,
  spending,
  ending,
  questions,
  explaining,
  retrying,
  reviewing,
  measuring,
  changing,
  cancelling,
  timeouts,
  flagging,
  purging,
  queues,
  sessions,
  runners,
  supervising,
  naming,
  listing,
  output,
  events,
  watching,
  uploading,
  scripts,
  serving,
  shape,
}

/** What every implementation of Api has to do: SPEC 3, 4 and what of 5 the Api shows. */
export function conformance(implementation: Implementation): void {
  describe(implementation.name, () => {
    const suite = harness(implementation)
    for (const [name, room] of Object.entries(rooms)) describe(name, () => room(suite))

    test('every operation has answered in some test', () => {
      const silent = Object.keys(operations).filter(name => !suite.answered.has(name as never))
      assert.deepEqual(silent, [])
    })
  })
}
