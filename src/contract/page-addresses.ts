/** Every page of the web UI, by the address that shows it; `:word` stands for any one segment. */
export const pageAddresses = {
  home: '/ui/',
  review: '/ui/review',
  sessions: '/ui/sessions',
  queues: '/ui/queues',
  queue: '/ui/queues/:queue',
  enqueue: '/ui/enqueue',
  tasks: '/ui/tasks',
  task: '/ui/tasks/:task',
  taskTab: '/ui/tasks/:task/:tab',
  settings: '/ui/settings',
  settingsTab: '/ui/settings/:tab',
} as const
export type PageName = keyof typeof pageAddresses
