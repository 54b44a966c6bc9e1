// Writes the documents that are made from the sources. `--check` writes nothing and fails where one is not up to date.
import fs from 'node:fs'
import path from 'node:path'
import { QueueInput, queueStatuses } from '../src/contract/queues.ts'
import { errorTypes, taskStatuses, waitReasons } from '../src/contract/tasks.ts'
import { queueSteps, taskSteps } from '../src/core/lifecycle.ts'
import { cliReference } from './cli-reference.ts'

const root = path.dirname(import.meta.dirname)

const documents: Record<string, () => string | Promise<string>> = {
  'docs/lifecycle.md': lifecycleDocument,
  'docs/cli.md': cliReference,
}

const check = process.argv.includes('--check')
for (const [name, make] of Object.entries(documents)) {
  const file = path.join(root, name)
  const text = await make()
  const before = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : ''
  if (text === before) continue
  if (check) {
    process.stderr.write(`${name} is not what its sources say. Mend it with: npm run docs\n`)
    process.exitCode = 1
  } else {
    fs.mkdirSync(path.dirname(file), { recursive: true })
    fs.writeFileSync(file, text)
    process.stdout.write(`${name} written\n`)
  }
}

type Move = { step: string; from: string | null; to: string; says: string }

/** `docs/lifecycle.md`: every way a task or queue may change its status, from the tables that the rules are made of. */
function lifecycleDocument(): string {
  return `# Lifecycle

Made by \`npm run docs\` from \`src/core/lifecycle.ts\`; a test fails when it is not up to date. What is not drawn here
cannot happen: one guarded statement is the only writer of a status, and what does not start from the right one is a
conflict. Every step is one row of the audit log, written in the same transaction.

## Tasks

${chart(taskMoves(), taskStatuses)}

${table(taskMoves())}

A task that was given back waits in its lane, at its old place, for one of: ${list(waitReasons)}. How a failure came
about is one of: ${list(errorTypes)}.

## Queues

${chart(queueMoves(), queueStatuses)}

${table(queueMoves())}

\`unarchive\` goes back to the status the queue had; if its session ended meanwhile, to \`ended\`.
`
}

function taskMoves(): Move[] {
  return Object.entries(taskSteps).flatMap(([step, { from, to, says }]) => moves(step, from, [to], says))
}

function queueMoves(): Move[] {
  return Object.entries(queueSteps).flatMap(([step, { from, to, says }]) =>
    moves(step, from, targets(step, to), says),
  )
}

/** Two steps lead to more than one status: a queue is made in any that its input names, and comes back to what it was. */
function targets(step: string, to: string): readonly string[] {
  if (step === 'create') return (QueueInput.properties.status as unknown as { enum: string[] }).enum
  return step === 'unarchive' ? queueSteps.archive.from : [to]
}

function moves(step: string, from: readonly string[], to: readonly string[], says: string): Move[] {
  const starts = from.length === 0 ? [null] : from
  return starts.flatMap(start => to.map(end => ({ step, from: start, to: end, says })))
}

function chart(all: Move[], statuses: readonly string[]): string {
  const arrows = all.map(({ step, from, to }) => `  ${from ?? '[*]'} --> ${to}: ${step}`)
  const ends = statuses
    .filter(status => !all.some(({ from }) => from === status))
    .map(status => `  ${status} --> [*]`)
  return ['```mermaid', 'stateDiagram-v2', ...arrows, ...ends, '```'].join('\n')
}

function table(all: Move[]): string {
  const steps = [...new Set(all.map(({ step }) => step))]
  const rows = steps.map(step => {
    const own = all.filter(move => move.step === step)
    const from = list([...new Set(own.flatMap(move => move.from ?? []))]) || 'nothing'
    return `| ${step} | ${from} | ${list([...new Set(own.map(move => move.to))])} | ${own[0]?.says} |`
  })
  return ['| step | from | to | what it says |', '|---|---|---|---|', ...rows].join('\n')
}

function list(words: readonly string[]): string {
  return words.map(word => `\`${word}\``).join(', ')
}
