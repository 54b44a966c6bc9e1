// What a hostile page does to a server on this machine, in every way that a browser has. It runs in the browser.
// `attack(target, files)` answers what came of each try, as the page itself can tell.

const json = JSON.stringify({ name: 'pwned' })
const within = (promise, ms = 10_000) =>
  Promise.race([promise, new Promise(resolve => setTimeout(resolve, ms, 'nothing happened'))])

const ask = (url, options) =>
  fetch(url, options).then(
    async response => `${response.type} ${response.status}: ${await response.text()}`,
    error => error.name,
  )

const post = (body, options = {}) => ({ method: 'POST', body, ...options })
const typed = (type, options) => ({ headers: { 'Content-Type': type }, ...options })

const element = (tag, fields) =>
  within(
    new Promise(resolve => {
      const made = Object.assign(document.createElement(tag), fields)
      made.onload = () => resolve('loaded')
      made.onerror = () => resolve('error')
      document.body.append(made)
    }),
  )

/** Whatever came of it, a frame says that it has loaded; what matters is that nothing in it can be read. */
const frame = async (src, name = '') => {
  const made = Object.assign(document.createElement('iframe'), { name })
  const loaded = new Promise(resolve => {
    made.onload = () => resolve()
  })
  if (src) made.src = src
  document.body.append(made)
  if (src) await within(loaded)
  return made
}

const lookInto = view => {
  try {
    return `read: ${view.document.body.textContent}`
  } catch (error) {
    return error.name
  }
}

function submit(action, enctype, target, fields) {
  const form = Object.assign(document.createElement('form'), { method: 'POST', action, enctype, target })
  for (const [name, value] of Object.entries(fields)) {
    form.append(Object.assign(document.createElement('input'), { name, value }))
  }
  document.body.append(form)
  form.submit()
}

let sinks = 0
async function formInFrame(action, enctype, fields) {
  const sink = await frame('', `sink${sinks++}`)
  const loaded = new Promise(resolve => {
    sink.onload = () => resolve()
  })
  submit(action, enctype, sink.name, fields)
  await within(loaded)
  return lookInto(sink.contentWindow)
}

/** Whether a window shows something by now, and whether that can be read. */
function hasLeft(view) {
  try {
    return view.location.href === 'about:blank' ? 'no' : 'within reach'
  } catch {
    return 'to another origin'
  }
}

/** A window that has gone to another origin cannot be read, or is no longer ours at all. */
async function inWindow(open) {
  const view = open()
  if (!view) return 'no window'
  // Once it is another origin's, the browser may still cut the tie to it: that is waited for a little longer.
  let left = 300
  let isForeign = false
  for (; left > 0; left--) {
    if (view.closed) return 'out of reach'
    if (!isForeign && hasLeft(view) !== 'no') {
      if (hasLeft(view) === 'within reach') return lookInto(view)
      isForeign = true
      left = Math.min(left, 10)
    }
    await new Promise(resolve => setTimeout(resolve, 30))
  }
  return isForeign ? lookInto(view) : 'nothing happened'
}

const eventSource = url =>
  within(
    new Promise(resolve => {
      const source = new EventSource(url)
      const end = outcome => {
        source.close()
        resolve(outcome)
      }
      source.onopen = () => end('open')
      source.onerror = () => end('error')
    }),
  )

const webSocket = url =>
  within(
    new Promise(resolve => {
      const socket = new WebSocket(url.replace('http:', 'ws:'))
      socket.onopen = () => resolve('open')
      socket.onerror = () => resolve('error')
    }),
  )

/** A page without an origin: it says `Origin: null`. */
function nobody(target) {
  const script = `
    const ask = (options) => fetch('${target}/api/sessions', options).then(async r => r.type + ' ' + (await r.text()), e => e.name)
    Promise.all([ask({}), ask({ method: 'POST', mode: 'no-cors', body: '${json}' })]).then(all => parent.postMessage(all.join(', '), '*'))`
  const answer = new Promise(resolve => {
    addEventListener('message', ({ data }) => resolve(data), { once: true })
  })
  const made = document.createElement('iframe')
  made.setAttribute('sandbox', 'allow-scripts')
  made.srcdoc = `<script>${script}</script>`
  document.body.append(made)
  return within(answer)
}

async function attack(target, { script, style }) {
  const sessions = `${target}/api/sessions`
  const tries = {
    'fetch GET': () => ask(sessions),
    'fetch GET no-cors': () => ask(sessions, { mode: 'no-cors' }),
    'fetch GET output': () => ask(`${target}/api/tasks/SECRET-LANE-1/output`, { mode: 'no-cors' }),
    'fetch POST text/plain': () => ask(sessions, post(json)),
    'fetch POST text/plain no-cors': () => ask(sessions, post(json, { mode: 'no-cors' })),
    'fetch POST empty no-cors': () => ask(`${target}/api/purge`, { method: 'POST', mode: 'no-cors' }),
    'fetch POST JSON': () => ask(sessions, typed('application/json', post(json))),
    'fetch POST JSON no-cors': () =>
      ask(sessions, typed('application/json', post(json, { mode: 'no-cors' }))),
    'fetch POST by redirect': () =>
      ask(`/bounce?to=${encodeURIComponent(sessions)}`, post(json, { mode: 'no-cors' })),
    'fetch PUT': () => ask(`${target}/api/queues/secret-lane/pause`, { method: 'PUT' }),
    'fetch DELETE': () => ask(`${target}/api/tasks/SECRET-LANE-1`, { method: 'DELETE' }),
    'beacon text': async () => String(navigator.sendBeacon(sessions, json)),
    'beacon JSON': async () =>
      String(navigator.sendBeacon(sessions, new Blob([json], { type: 'application/json' }))),
    'form urlencoded': () => formInFrame(sessions, 'application/x-www-form-urlencoded', { name: 'pwned' }),
    'form text/plain': () => formInFrame(sessions, 'text/plain', { '{"name":"pwned","goal":"': '"}' }),
    'form multipart': () => formInFrame(sessions, 'multipart/form-data', { name: 'pwned' }),
    'form in a window': () =>
      inWindow(() => {
        const view = window.open('about:blank', 'pop')
        submit(sessions, 'text/plain', 'pop', { '{"name":"pwned","goal":"': '"}' })
        return view
      }),
    'window on data': () => inWindow(() => window.open(sessions)),
    image: () => element('img', { src: `${target}/api/queues/secret-lane` }),
    script: () => element('script', { src: sessions }),
    'script of ours': () => element('script', { src: target + script }),
    stylesheet: () => element('link', { rel: 'stylesheet', href: target + style }),
    EventSource: () => eventSource(`${target}/api/events`),
    WebSocket: () => webSocket(`${target}/api/events`),
    'frame of the page': async () => lookInto((await frame(`${target}/ui/`)).contentWindow),
    'frame of data': async () => lookInto((await frame(sessions)).contentWindow),
    nobody: () => nobody(target),
  }
  const outcomes = {}
  for (const [name, go] of Object.entries(tries)) outcomes[name] = await go()
  return outcomes
}

globalThis.attack = attack
