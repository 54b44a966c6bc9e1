import { type ReactNode, useEffect, useRef, useState } from 'react'
import { connection } from '../api/live.ts'
import { useStore } from '../api/store.ts'
import { ConfirmDialog } from '../parts/confirm.tsx'
import { scrollBefore, usePlace } from '../parts/router.ts'
import { Toasts } from '../parts/toasts.tsx'
import { ConnectionLine } from './connection-line.tsx'
import { useKeys } from './keys.ts'
import { KeysHelp } from './keys-help.tsx'
import { Navigation } from './navigation.tsx'
import { Palette } from './palette.tsx'
import { TokenForm } from './token-form.tsx'

/** What is around every page. */
export function Shell({ children }: { children: ReactNode }) {
  const [open, setOpen] = useState<'palette' | 'keys' | undefined>()
  const [menu, setMenu] = useState(false)
  const main = useRef<HTMLElement>(null)
  const address = useAddress()
  const { state } = useStore(connection)
  const close = () => setOpen(undefined)
  useKeys({ palette: () => setOpen('palette'), help: () => setOpen('keys') })

  const first = useRef(address)
  useEffect(() => {
    if (first.current === address) return
    first.current = address
    setMenu(false)
    // To whoever reads by ear, another page begins at its beginning.
    main.current?.focus({ preventScroll: true })
    scrollTo(0, scrollBefore())
  }, [address])

  return (
    <div className="shell">
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <ConnectionLine />
      <Navigation
        open={menu}
        onToggle={() => setMenu(!menu)}
        onPalette={() => setOpen('palette')}
        onKeys={() => setOpen('keys')}
      />
      <main id="main" ref={main} tabIndex={-1}>
        {state === 'refused' ? <TokenForm /> : children}
      </main>
      {open === 'palette' ? <Palette onClose={close} /> : null}
      {open === 'keys' ? <KeysHelp onClose={close} /> : null}
      <ConfirmDialog />
      <Toasts />
    </div>
  )
}

/** Tabs of a page are not another page. */
function useAddress(): string {
  const { page, params } = usePlace()
  return [page === 'taskTab' ? 'task' : page, params.queue, params.task].join(' ')
}
