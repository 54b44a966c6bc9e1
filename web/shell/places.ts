import { pageAddresses } from '../../src/contract/page-addresses.ts'

/** Where the navigation and the palette lead, in this order; `key` is pressed after `g`. */
export const places = [
  { title: 'Home', href: pageAddresses.home, key: 'h' },
  { title: 'Review', href: pageAddresses.review, key: 'r' },
  { title: 'Enqueue', href: pageAddresses.enqueue, key: 'e' },
  { title: 'Tasks', href: pageAddresses.tasks, key: 't' },
  { title: 'Queues', href: pageAddresses.queues, key: 'q' },
  { title: 'Sessions', href: pageAddresses.sessions, key: 's' },
  { title: 'Settings', href: pageAddresses.settings, key: 'c' },
] as const
