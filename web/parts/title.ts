let title = ''
let waiting = 0

/** What the page is called in the browser's tab. */
export function showTitle(text: string): void {
  title = text
  show()
}

/** How much waits for the person, before the title and on the icon of the tab. */
export function showWaiting(number: number): void {
  waiting = number
  show()
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]')
  if (!icon) return
  icon.dataset.plain ??= icon.href
  const counted = icon.dataset.counted?.split(' ') ?? []
  const next = number === 0 ? icon.dataset.plain : counted[Math.min(number, counted.length) - 1]
  if (next && icon.getAttribute('href') !== next) icon.href = next
}

function show(): void {
  document.title = waiting > 0 ? `(${waiting}) ${title}` : title
}
