import { useState } from 'react'

/** A command to type, with a button that copies it. */
export function Command({ text }: { text: string }) {
  const [copied, setCopied] = useState(false)
  const press = async () => {
    setCopied(await copy(text))
    setTimeout(() => setCopied(false), 2000)
  }
  return (
    <span className="command">
      <code>{text}</code>
      <button
        type="button"
        className="button quiet"
        aria-label={`Copy: ${text}`}
        onClick={() => void press()}
      >
        <span aria-live="polite">{copied ? 'copied' : 'copy'}</span>
      </button>
    </span>
  )
}

/** The clipboard's own interface is there on secure pages alone, which one of another machine is not. */
export async function copy(text: string): Promise<boolean> {
  if (navigator.clipboard) {
    const done = await navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    )
    if (done) return true
  }
  const field = document.createElement('textarea')
  field.value = text
  field.className = 'unseen'
  document.body.append(field)
  field.select()
  const done = document.execCommand('copy')
  field.remove()
  return done
}
