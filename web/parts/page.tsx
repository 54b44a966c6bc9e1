import { type ReactNode, useEffect } from 'react'
import { oneLine } from '../../src/contract/visible-text.ts'
import { Name } from './texts.tsx'
import { showTitle } from './title.ts'
import { Answered } from './trouble.tsx'

type Props = { title: string; heading?: ReactNode; actions?: ReactNode; children: ReactNode; wide?: boolean }

/** A page: what it is called, here and in the browser's tab, what can be done, and what it shows. */
export function PageFrame({ title, heading, actions, children, wide = false }: Props) {
  useEffect(() => {
    showTitle(title === 'SparkQ' ? title : `${oneLine(title)} · SparkQ`)
  }, [title])
  return (
    <div className={`page ${wide ? 'wide' : ''}`}>
      <header className="page-head">
        {heading ?? <h1>{title}</h1>}
        {actions ? <div className="page-actions">{actions}</div> : null}
      </header>
      {children}
    </div>
  )
}

/** A page about one thing; until that is answered, and where there is none, it is called as it was asked for. */
export function PageAbout<T>({ name, query, children }: AboutProps<T>) {
  if (query.data !== undefined) return children(query.data)
  return (
    <PageFrame
      title={name}
      heading={
        <h1>
          <Name text={name} />
        </h1>
      }
    >
      <Answered query={query}>{() => null}</Answered>
    </PageFrame>
  )
}

type AboutProps<T> = {
  name: string
  query: { data: T | undefined; error: unknown }
  children: (data: T) => ReactNode
}

/** A part of a page under a heading of its own. */
export function Section({
  title,
  aside,
  children,
}: {
  title: string
  aside?: ReactNode
  children: ReactNode
}) {
  return (
    <section className="section" aria-label={title}>
      <div className="section-head">
        <h2>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  )
}
