import type { Answers } from './setup/questions.ts'

type Settings = Pick<Answers, 'name' | 'repo_path' | 'prd_path' | 'script_dirs' | 'timeouts' | 'port'>

/**
 * The `sparkq.yml` that setup writes: every setting with what it is for, so that it is the reference at hand. What setup
 * asks and what a person looks for first (ports, timeouts, tools) stands there as a setting, the rest as a comment, which
 * is the default and valid as it stands. No section is all comments, or it would be empty.
 */
export function renderConfig({ name, repo_path, prd_path, script_dirs, timeouts, port }: Settings): string {
  return `# SparkQ's settings for this project. Everything has a default, so any line may go.
# A mistake in this file stops every command with its line. Times are in seconds unless their name says days.

project:
  name: ${scalar(name)}
  # Paths in tasks are relative to this folder, and tasks run in it.
  repo_path: ${scalar(repo_path)}
  # The document that says what is being built.
  ${prd_path === null ? '# prd_path: docs/PRD.md' : `prd_path: ${scalar(prd_path)}`}

server:
  port: ${port}
  host: 0.0.0.0
  # Who comes in without the token: local, this machine's user alone; open, whoever reaches the server.
  # access: local
  # Other names that this machine is called by.
  # allowed_hosts: []

database:
  # Relative to this file.
  path: sparkq/data/sparkq.db
  mode: wal

purge:
  # Finished tasks older than this are deleted, with their output.
  older_than_days: 3
  # Keep those that nobody has looked at.
  # keep_unreviewed: false

queue_runner:
  # How long an idle runner sleeps at most; a new task wakes it at once.
  poll_interval: 30
  # How often the server looks for tasks that ran past their time.
  auto_fail_interval_seconds: 300
  # Another machine's server; null works on this machine's database.
  # base_url: null
  # Where runners put their lock files; null is the system's temporary folder.
  # lock_dir: null
  # Keep the machine from sleeping while a task runs.
  # keep_awake: true

limits:
  # A running task is stale after this many times its timeout …
  warn_factor: 1
  # … and is stopped after this many.
  fail_factor: 2
  # How long a task may take to end after it was asked to, before it is killed.
  stop_grace: 10
  # The pause before a failed task with attempts left is tried again; it doubles each time.
  retry_delay: 10
  # How much of a task's output is kept, in megabytes: beyond that its beginning and its end.
  max_output_mb: 64
  # Lanes wait while a disk that they need has less room than this, in megabytes.
  min_free_mb: 256
  # How many tasks may run at once, over all lanes; null is as many as there are lanes.
  # max_running: null
  # A task is marked as stalled when it has made no output and used no processor time for this long; 0 is never.
  stall_after: 600
  # What becomes of it then: flag (it goes on) or fail (it is stopped).
  on_stall: flag
  # What the agents of a lane may cost from noon to noon, in dollars as they reckon it: the lane then pauses. null is no end.
  # max_usd: null

notify:
  # Run on what happens, in the project's folder, with the event as JSON on its stdin; null runs nothing.
  # command: null
  # Show it on the desktop, where there is one.
  # desktop: true
  # Of what: task_failed, lane_empty, lane_paused, question (a worker asks you), limit (an agent's usage limit, or one that
  # is not logged in).
  # on: [task_failed, lane_empty, lane_paused, question, limit]

review:
  # What waits for a person's look when it is finished: failures, questions, agents, all.
  needs: [failures, questions, agents]
  # Of which tasks it is noted what they changed in their git work tree: none, agents, all.
  # changes: agents

# How long the tasks of a class may take.
task_classes:
${classLines(timeouts)}

# What runs tasks. A tool may have a timeout of its own, and for its prompts an agent (claude, codex, gemini) with its
# model, args, permission_mode, max_turns, max_budget_usd and use_api_key, or a command:
#   my-llm: {task_class: LLM_HEAVY, command: [my-llm, --model, x, "{prompt}"]}
tools:
  run-bash:
    description: Bash script
    task_class: MEDIUM_SCRIPT
  run-python:
    description: Python script
    task_class: MEDIUM_SCRIPT
  llm-haiku:
    description: Haiku
    task_class: LLM_LITE
    agent: claude
    model: haiku
  llm-sonnet:
    description: Sonnet
    task_class: LLM_HEAVY
    agent: claude
    model: sonnet
  llm-codex:
    description: Codex
    task_class: LLM_HEAVY
    agent: codex

# Where your scripts are.
script_dirs:${script_dirs.length === 0 ? ' []' : script_dirs.map(dir => `\n  - ${scalar(dir)}`).join('')}
`
}

const classLines = (timeouts: Settings['timeouts']): string =>
  Object.entries(timeouts)
    .map(([name, seconds]) => `  ${name}:\n    timeout: ${seconds}`)
    .join('\n')

/** Plain where YAML reads it as this very text. */
function scalar(text: string): string {
  const isPlain =
    text === '.' || (/^[A-Za-z][w./-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|[ny])$/i.test(text))
  return isPlain ? text : JSON.stringify(text)
}
