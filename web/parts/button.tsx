import { type ButtonHTMLAttributes, type ReactNode, useEffect, useRef, useState } from 'react'

type Props = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'onClick'> & {
  /** What takes a while keeps it from being pressed again. */
  onPress?: () => unknown
  look?: 'plain' | 'primary' | 'danger' | 'quiet'
  /** The key that does the same. */
  hotkey?: string | undefined
  children: ReactNode
}

export function Button({ onPress, look = 'plain', hotkey, children, disabled, ...rest }: Props) {
  const [busy, setBusy] = useState(false)
  const shown = useRef(true)
  useEffect(() => {
    shown.current = true
    return () => {
      shown.current = false
    }
  }, [])
  const press = async () => {
    setBusy(true)
    try {
      await onPress?.()
    } finally {
      if (shown.current) setBusy(false)
    }
  }
  return (
    <button
      type="button"
      {...rest}
      className={`button ${look}`}
      aria-disabled={busy || undefined}
      disabled={disabled}
      onClick={onPress && !busy ? () => void press() : undefined}
      {...(hotkey ? { 'aria-keyshortcuts': hotkey } : {})}
    >
      {children}
      {hotkey ? (
        <span className="hotkey" aria-hidden="true">
          {hotkey}
        </span>
      ) : null}
    </button>
  )
}
