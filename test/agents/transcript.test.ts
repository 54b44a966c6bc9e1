import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import { createTranscript } from '../../src/agents/transcript.ts'
import { type AgentName, agentNames } from '../../src/contract/agents.ts'
import { readRecording, recorded } from './recordings.ts'

function render(
  agent: AgentName,
  text: string | Buffer,
  { colour = false, size = Number.MAX_SAFE_INTEGER } = {},
) {
  const transcript = createTranscript(agent, { colour })
  const bytes = Buffer.from(text)
  let written = ''
  for (let at = 0; at < bytes.length; at += size) written += transcript.write(bytes.subarray(at, at + size))
  return written + transcript.end()
}

const shown = (name: string): string => {
  const { agent, stdout } = readRecording(name)
  return render(agent, stdout)
}
const claude = (...events: object[]) => events.map(event => `${JSON.stringify(event)}\n`).join('')
const result = (content: unknown) => ({
  type: 'user',
  message: { content: [{ type: 'tool_result', tool_use_id: '1', content }] },
})
const said = (text: string) => ({ type: 'assistant', message: { content: [{ type: 'text', text }] } })

test('claude: what it did, what came of it, what it said, what it took', () => {
  assert.equal(
    shown('claude-perm-bashfail'),
    `· Claude Code 2.1.330 · claude-opus-5-5 · paid by ANTHROPIC_API_KEY · 404fed45-d59a-4513-9eaa-8e41add913d9
› Bash echo out; echo err >&2; exit 3
  Exit code 3
  out
  err

done: Exit code 3

── done · 2 turns, $0.0016 so far, 0.4 s
`,
  )
})

test('claude: a limit, with the time at which it is over', () => {
  assert.equal(
    shown('claude-limit-oauth'),
    `· Claude Code 2.1.330 · claude-sonnet-5-5 · paid by subscription · 0cdc2897-6500-490b-9e52-8529c590e0d7
! Limit five_hour reached, until 2026-11-22T14:37:59.000Z

── failed: You've hit your 5-hour limit · resets 2:37pm (UTC) · 1 turn, 0.4 s
`,
  )
})

test('claude: retries, denied tools, and what it does after its answer', () => {
  assert.match(shown('claude-overload2'), /^· 529 overloaded: tries again in 0.6 s \(1 of 10\)$/m)
  assert.match(
    shown('claude-mcp-noperm'),
    /^› mcp__sparkq__claim \{"worker":"w1"\}\n! mcp__sparkq__claim was denied: Claude requested .*\n\ndone: /m,
  )
  assert.match(shown('claude-bgtask'), /── done .*\n· Background command "bg" completed \(exit code 0\)\n/)
})

test('codex: commands without the shell around them, their output, their exit code', () => {
  assert.equal(
    shown('codex-tool-fail'),
    `· Codex · 01a20353-797d-7cc2-9c16-73c16c35240f
· Model metadata for \`fake-model\` not found. Defaulting to fallback metadata; this can degrade performance and cause issues.
› shell echo out; echo err >&2; exit 3
  out
  err
  exit code 3

done: out

── done · 200 tokens in, 40 out so far
`,
  )
  assert.match(shown('codex-think'), /\n┊ thinking about deep\ndeep\n/)
})

test('gemini: an answer in pieces is one text', () => {
  assert.match(shown('gemini-sig-term'), /\n\nw0 w1 w2 .* w79 end\n\n── done/)
  assert.match(shown('gemini-tool-yolo'), /› run_shell_command touch g2.txt && echo made\n {2}made\n\ndone: /)
})

test('what is no event is shown as it is', () => {
  assert.equal(shown('claude-success-text'), 'hello from fake\n')
  assert.equal(render('codex', 'node: bad option\n'), 'node: bad option\n')
})

test('of a long result the beginning is shown, and how much more there is', () => {
  const lines = Array.from({ length: 140 }, (_, index) => `line ${index}`).join('\n')
  const written = render('claude', claude(result(`${lines}\n`)))
  assert.match(written, / {2}line 19\n {2}… 120 more lines\n$/)
  const long = render('claude', claude(result('x'.repeat(3_000_000))))
  assert.equal(long, `  ${'x'.repeat(399)}…\n`)
})

test('nothing that an agent prints acts on the terminal', () => {
  const harm = '\x1b]0;owned\x07a\x1b[2Jb\0c\u202ed\x1b[31me\x1b]52;c;eA==\x07\u2028f\u009b5ng'
  for (const colour of [false, true]) {
    const written = render('claude', claude(said(harm), result(harm), result(`50%\r100%\n${harm}`)) + harm, {
      colour,
    })
    const bare = stripVTControlCharacters(written)
    assert.doesNotMatch(bare.replaceAll('\n', ''), /[\p{Cc}\u2028\u202e]/u)
    assert.match(bare, /^abcdef5ng$/m)
    assert.match(bare, /^ {2}100%$/m)
    if (!colour) assert.equal(bare, written)
  }
})

test('colours are ended on the line that they begin on', () => {
  const written = render('claude', claude(result('\x1b[31mred\nplain')), { colour: true })
  assert.ok(written.includes('\x1b[31mred\x1b[0m'))
})

test('all recordings can be shown, in whatever pieces they come', () => {
  const texts = recorded.map(readRecording)
  fc.assert(
    fc.property(fc.constantFrom(...texts), fc.integer({ min: 1, max: 3000 }), ({ agent, stdout }, size) => {
      assert.equal(render(agent, stdout, { size }), render(agent, stdout))
    }),
    { numRuns: 60 },
  )
})

test('nothing makes it throw, and every line of it ends', () => {
  const name = fc.constantFrom(
    'type',
    'subtype',
    'message',
    'content',
    'item',
    'text',
    'result',
    'error',
    'status',
  )
  const type = fc.constantFrom(
    'assistant',
    'user',
    'system',
    'init',
    'result',
    'item.completed',
    'tool_use',
    'turn.failed',
    'command_execution',
    'message',
    'constructor',
  )
  const value = fc.oneof(type, fc.jsonValue())
  const event = fc.dictionary(
    name,
    fc.oneof(value, fc.array(fc.dictionary(name, value)), fc.dictionary(name, value)),
  )
  const line = fc.oneof(
    event.map(it => JSON.stringify(it)),
    fc.string(),
  )
  fc.assert(
    fc.property(fc.constantFrom(...agentNames), fc.array(line), (agent, lines) => {
      assert.match(render(agent, lines.join('\n')), /^$|\n$/)
    }),
    { numRuns: 400 },
  )
})
