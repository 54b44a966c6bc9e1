import { allActions } from '../parts/actions.ts'
import { Button } from '../parts/button.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { places } from './places.ts'

const command = /Mac|iP(hone|ad)/.test(navigator.platform) ? '⌘' : 'Ctrl'

/** Every key that does something on this page. */
export function KeysHelp({ onClose }: { onClose: () => void }) {
  const here = allActions().flatMap(({ title, key }) => (key ? [[[key], title] as const] : []))
  const everywhere = [
    [[command, 'K'], 'Go anywhere, do anything'] as const,
    [['?'], 'These keys'] as const,
    ...places.map(({ key, title }) => [['g', key], title] as const),
  ]
  return (
    <Dialog title="Keys" onClose={onClose}>
      {here.length > 0 ? <KeyList title="On this page" keys={here} /> : null}
      <KeyList title="Everywhere" keys={everywhere} />
      <div className="dialog-actions">
        <Button autoFocus onPress={onClose}>
          Close
        </Button>
      </div>
    </Dialog>
  )
}

function KeyList({ title, keys }: { title: string; keys: (readonly [readonly string[], string])[] }) {
  return (
    <>
      <h3>{title}</h3>
      <dl className="keys">
        {keys.map(([pressed, what]) => (
          <div key={`${pressed.join(' ')} ${what}`}>
            <dt>
              {pressed.map(key => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd className="wrap">{what}</dd>
          </div>
        ))}
      </dl>
    </>
  )
}
