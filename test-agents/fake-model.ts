// The fake model by itself, for trying an agent by hand: node test-agents/fake-model.ts [PORT]
// It says where it listens, then one line of JSON for each request, until Ctrl-C.
import { startFakeModel } from './fake/model.ts'

const model = await startFakeModel({ port: Number(process.argv[2] ?? 0) })
process.stdout.write(`${model.url}\n`)
let shown = 0
const tick = setInterval(() => {
  for (const asked of model.asked.slice(shown)) process.stdout.write(`${JSON.stringify(asked)}\n`)
  shown = model.asked.length
  for (const host of model.outside.splice(0)) process.stdout.write(`refused: ${host}\n`)
  for (const error of model.errors.splice(0)) process.stderr.write(`${error}\n`)
}, 200)
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    clearInterval(tick)
    void model.close()
  })
}
