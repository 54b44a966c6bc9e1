/** A piece of HTML. Texts become one only by `text` and `element`, which escape them. */
export type Html = { html: string }

type Content = Html | string | Content[]

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escaped = (text: string): string => text.replace(/[&<>"']/g, char => escapes[char] as string)

const render = (content: Content): string => {
  if (Array.isArray(content)) return content.map(render).join('')
  return typeof content === 'string' ? escaped(content) : content.html
}

/** `el('a', { href }, 'text')` */
export function el(name: string, attributes: Record<string, string>, ...content: Content[]): Html {
  const given = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`)
  return { html: `<${name}${given.join('')}>${render(content)}</${name}>` }
}

/** A whole page. Style and script come from files: nothing inline is let through by the security policy. */
export function page(title: string, { head = [], body }: { head?: Html[]; body: Content }): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${el('title', {}, title).html}
<link rel="stylesheet" href="/docs.css">
${render(head)}
</head>
<body>
${render(body)}
</body>
</html>
`
}
