import type { Command } from './command.ts'

/** A command by the name it is called by; what it is and does is loaded when it is called. */
export type Entry = {
  name: string
  aliases?: readonly string[]
  load: () => Promise<{ command: Command }>
}

export type Section = { title: string; entries: readonly Entry[] }

/** Every command, in the order of the help. */
export const sections: readonly Section[] = [
  {
    title: 'Begin and end',
    entries: [
      { name: 'setup', load: () => import('./commands/setup.ts') },
      { name: 'doctor', load: () => import('./commands/doctor.ts') },
      { name: 'backup', load: () => import('./commands/backup.ts') },
      { name: 'restore', load: () => import('./commands/restore.ts') },
      { name: 'teardown', load: () => import('./commands/teardown.ts') },
      { name: 'agent install', load: () => import('./commands/agent-install.ts') },
      { name: 'agent uninstall', load: () => import('./commands/agent-uninstall.ts') },
      { name: 'hook', load: () => import('./commands/hook.ts') },
      { name: 'completion', load: () => import('./commands/completion.ts') },
    ],
  },
  {
    title: 'The server',
    entries: [
      { name: 'status', load: () => import('./commands/status.ts') },
      { name: 'start', load: () => import('./commands/start.ts') },
      { name: 'stop', load: () => import('./commands/stop.ts') },
      { name: 'restart', load: () => import('./commands/restart.ts') },
      { name: 'run', load: () => import('./commands/run.ts') },
      { name: 'reload', load: () => import('./commands/reload.ts') },
      { name: 'service install', load: () => import('./commands/service-install.ts') },
      { name: 'service uninstall', load: () => import('./commands/service-uninstall.ts') },
      { name: 'service status', load: () => import('./commands/service-status.ts') },
      { name: 'notify test', load: () => import('./commands/notify-test.ts') },
    ],
  },
  {
    title: 'Sessions and lanes',
    entries: [
      { name: 'session create', load: () => import('./commands/session-create.ts') },
      { name: 'session list', load: () => import('./commands/session-list.ts') },
      { name: 'session end', load: () => import('./commands/session-end.ts') },
      { name: 'session delete', load: () => import('./commands/session-delete.ts') },
      { name: 'queue create', load: () => import('./commands/queue-create.ts') },
      { name: 'queue list', load: () => import('./commands/queue-list.ts') },
      { name: 'queue show', load: () => import('./commands/queue-show.ts') },
      { name: 'queue set', load: () => import('./commands/queue-set.ts') },
      { name: 'queue pause', load: () => import('./commands/queue-pause.ts') },
      { name: 'queue resume', load: () => import('./commands/queue-resume.ts') },
      { name: 'queue activate', load: () => import('./commands/queue-activate.ts') },
      { name: 'queue end', load: () => import('./commands/queue-end.ts') },
      { name: 'queue archive', load: () => import('./commands/queue-archive.ts') },
      { name: 'queue unarchive', load: () => import('./commands/queue-unarchive.ts') },
      { name: 'queue delete', load: () => import('./commands/queue-delete.ts') },
    ],
  },
  {
    title: 'Queue work',
    entries: [
      { name: 'enqueue', aliases: ['add'], load: () => import('./commands/enqueue.ts') },
      { name: 'edit', load: () => import('./commands/edit.ts') },
      { name: 'first', load: () => import('./commands/first.ts') },
      { name: 'rm', load: () => import('./commands/rm.ts') },
      { name: 'cancel', load: () => import('./commands/cancel.ts') },
      { name: 'requeue', load: () => import('./commands/requeue.ts') },
      { name: 'prompts', load: () => import('./commands/prompts.ts') },
      { name: 'prompts show', load: () => import('./commands/prompts-show.ts') },
      { name: 'prompts create', load: () => import('./commands/prompts-create.ts') },
      { name: 'prompts edit', load: () => import('./commands/prompts-edit.ts') },
      { name: 'prompts delete', load: () => import('./commands/prompts-delete.ts') },
    ],
  },
  {
    title: 'Scripts',
    entries: [
      { name: 'scripts list', load: () => import('./commands/scripts-list.ts') },
      { name: 'scripts search', load: () => import('./commands/scripts-search.ts') },
      { name: 'scripts show', load: () => import('./commands/scripts-show.ts') },
    ],
  },
  {
    title: 'Do work',
    entries: [
      { name: 'runner', load: () => import('./commands/runner.ts') },
      { name: 'peek', load: () => import('./commands/peek.ts') },
      { name: 'claim', load: () => import('./commands/claim.ts') },
      { name: 'complete', load: () => import('./commands/complete.ts') },
      { name: 'fail', load: () => import('./commands/fail.ts') },
      { name: 'ask', load: () => import('./commands/ask.ts') },
      { name: 'providers', load: () => import('./commands/providers.ts') },
      { name: 'providers pause', load: () => import('./commands/providers-pause.ts') },
      { name: 'providers resume', load: () => import('./commands/providers-resume.ts') },
      { name: 'mcp', load: () => import('./commands/mcp.ts') },
    ],
  },
  {
    title: 'See what became of it',
    entries: [
      { name: 'tasks', load: () => import('./commands/tasks.ts') },
      { name: 'task', load: () => import('./commands/task.ts') },
      { name: 'why', load: () => import('./commands/why.ts') },
      { name: 'logs', load: () => import('./commands/logs.ts') },
      { name: 'questions', load: () => import('./commands/questions.ts') },
      { name: 'answer', load: () => import('./commands/answer.ts') },
      { name: 'diff', load: () => import('./commands/diff.ts') },
      { name: 'review', load: () => import('./commands/review.ts') },
      { name: 'wait', load: () => import('./commands/wait.ts') },
      { name: 'worktree list', load: () => import('./commands/worktree-list.ts') },
      { name: 'worktree take', load: () => import('./commands/worktree-take.ts') },
      { name: 'worktree drop', load: () => import('./commands/worktree-drop.ts') },
      { name: 'stats', load: () => import('./commands/stats.ts') },
      { name: 'purge', load: () => import('./commands/purge.ts') },
    ],
  },
  {
    title: 'Settings, tools and classes',
    entries: [
      { name: 'config', load: () => import('./commands/config.ts') },
      { name: 'config get', load: () => import('./commands/config-get.ts') },
      { name: 'config set', load: () => import('./commands/config-set.ts') },
      { name: 'config unset', load: () => import('./commands/config-unset.ts') },
      { name: 'config validate', load: () => import('./commands/config-validate.ts') },
      { name: 'config-export', load: () => import('./commands/config-export.ts') },
      { name: 'tools', load: () => import('./commands/tools.ts') },
      { name: 'tools show', load: () => import('./commands/tools-show.ts') },
      { name: 'tools create', load: () => import('./commands/tools-create.ts') },
      { name: 'tools edit', load: () => import('./commands/tools-edit.ts') },
      { name: 'tools delete', load: () => import('./commands/tools-delete.ts') },
      { name: 'classes', load: () => import('./commands/classes.ts') },
      { name: 'classes show', load: () => import('./commands/classes-show.ts') },
      { name: 'classes create', load: () => import('./commands/classes-create.ts') },
      { name: 'classes edit', load: () => import('./commands/classes-edit.ts') },
      { name: 'classes delete', load: () => import('./commands/classes-delete.ts') },
    ],
  },
]

export const entries: readonly Entry[] = sections.flatMap(section => section.entries)
