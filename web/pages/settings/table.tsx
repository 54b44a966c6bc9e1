import type { ReactNode } from 'react'
import { Empty } from '../../parts/trouble.tsx'

type Props = {
  label: string
  heads: string[]
  rows: { key: string; cells: ReactNode[] }[]
  empty: ReactNode
  commands?: string[]
}

/** Rows of which the first cell says what they are about. */
export function Table({ label, heads, rows, empty, commands = [] }: Props) {
  if (rows.length === 0) return <Empty commands={commands}>{empty}</Empty>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <div className="scroll" role="group" aria-label={label} tabIndex={0}>
      <table className="list">
        <thead>
          <tr>
            {heads.map(head => (
              <th key={head} scope="col">
                {head === 'Actions' ? <span className="unseen">{head}</span> : head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, cells: [first, ...rest] }) => (
            <tr key={key}>
              <th scope="row">{first}</th>
              {rest.map((cell, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a cell is what its column is
                <td key={at}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
