import { el, page } from './html.ts'

/**
 * The page at `/ui/` until the real one is there. It holds no data, as whoever reaches the server may read it; its
 * script asks for that, with the token where one is needed (`/ui/#token=…`).
 */
export const homePage = (): string =>
  page('SparkQ', {
    head: [el('script', { type: 'module', src: '/ui/home.js' })],
    body: el(
      'main',
      {},
      el('h1', {}, 'SparkQ ', el('small', { id: 'version' })),
      el('p', { id: 'message', role: 'status' }, 'Loading …'),
      el(
        'table',
        { id: 'lanes', hidden: '' },
        el('caption', {}, 'Lanes'),
        el(
          'thead',
          {},
          el(
            'tr',
            {},
            ['Lane', 'Status', 'Queued', 'Running', 'Succeeded', 'Failed', 'Now'].map(head =>
              el('th', { scope: 'col' }, head),
            ),
          ),
        ),
        el('tbody', {}),
      ),
      el(
        'p',
        {},
        el('a', { id: 'refresh', href: '/ui/' }, 'Refresh'),
        ' · ',
        el('a', { href: '/docs' }, 'API'),
      ),
      el('noscript', {}, el('p', {}, 'This page needs JavaScript; `sparkq status` says the same.')),
    ),
  })

/** What tasks and lanes are called is set as text, never as HTML. */
export const homeScript = `const byId = id => document.getElementById(id)
const token = new URLSearchParams(location.hash.slice(1)).get('token')
const headers = token ? { Authorization: 'Bearer ' + token } : {}

async function get(path) {
  const response = await fetch(path, { headers })
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.detail)
  return answer
}

function addRow(cells) {
  const row = document.createElement('tr')
  for (const text of cells) row.append(Object.assign(document.createElement('td'), { textContent: text }))
  byId('lanes').tBodies[0].append(row)
}

async function show() {
  const [{ version }, { queues }, { tasks }] = await Promise.all([
    get('/api/version'),
    get('/api/queues?limit=500'),
    get('/api/tasks?status=running&limit=500'),
  ])
  byId('version').textContent = version
  for (const { id, name, status, counts } of queues.toReversed()) {
    const running = tasks.filter(task => task.queue.id === id).map(task => task.friendly_id + ' (' + task.tool_name + ')')
    addRow([name, status, counts.queued, counts.running, counts.succeeded, counts.failed, running.join(', ')])
  }
  byId('lanes').hidden = queues.length === 0
  byId('message').textContent = queues.length === 0 ? 'There is no lane yet: sparkq queue create NAME' : ''
}

byId('refresh').addEventListener('click', () => location.reload())
show().catch(error => {
  byId('message').textContent = 'The server did not answer: ' + error.message
})
`
