import { oneLine, visible } from '../../src/contract/visible-text.ts'

/** More than this of a text is on no line. */
const longest = 400

/** Any text on one line: no control character works in it, and its direction stays its own. */
export function Line({ text, className = '' }: { text: string; className?: string }) {
  const line = oneLine(text.length > longest ? `${text.slice(0, longest)}…` : text)
  return (
    <bdi className={`line ${className}`} title={line}>
      {line}
    </bdi>
  )
}

/** The same inside of a sentence, where it may break. */
export function Name({ text }: { text: string }) {
  return <bdi className="name">{oneLine(text)}</bdi>
}

/** Any text with its line breaks. Focusable, as it may have to be scrolled. */
export function Block({ text, label }: { text: string; label: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <div role="group" className="block mono" aria-label={label} tabIndex={0}>
      {visible(text)}
    </div>
  )
}
