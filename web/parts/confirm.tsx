import { createStore, useStore } from '../api/store.ts'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'

type Question = { title: string; text: string; action: string; answer: (yes: boolean) => void }

const question = createStore<Question | undefined>(undefined)

/** Asks before what cannot be undone. */
export function confirm(asked: Omit<Question, 'answer'>): Promise<boolean> {
  return new Promise(resolve => {
    const answer = (yes: boolean) => {
      question.set(undefined)
      resolve(yes)
    }
    question.set({ ...asked, answer })
  })
}

export function ConfirmDialog() {
  const asked = useStore(question)
  if (!asked) return null
  const { title, text, action, answer } = asked
  return (
    <Dialog title={title} onClose={() => answer(false)}>
      <p className="wrap">{text}</p>
      <div className="dialog-actions">
        <Button autoFocus onPress={() => answer(false)}>
          Keep
        </Button>
        <Button look="danger" onPress={() => answer(true)}>
          {action}
        </Button>
      </div>
    </Dialog>
  )
}
