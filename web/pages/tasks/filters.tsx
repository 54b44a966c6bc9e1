import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { queries, useQueues, useSessions } from '../../api/queries.ts'
import { useActions } from '../../parts/actions.ts'
import { Button } from '../../parts/button.tsx'
import { Select } from '../../parts/field.tsx'
import { Link } from '../../parts/link.tsx'
import { navigate, withQuery } from '../../parts/router.ts'
import { reviews, statuses } from './task-filter.ts'

const filters = ['status', 'queue', 'session', 'tool', 'review', 'q']

export function Filters({ query }: { query: URLSearchParams }) {
  const { data: queues = [] } = useQueues()
  const { data: sessions = [] } = useSessions()
  const { data: tools = [] } = useQuery(queries.tools())
  const value = (name: string) => query.get(name) ?? ''
  const set = (name: string) => (chosen: string) => navigate(withQuery({ [name]: chosen }), { replace: true })
  const choices = (name: string, all: string, names: readonly string[]) => {
    // One that is not known (a lane that went) is still shown as what is asked for.
    const more = value(name) && !names.includes(value(name)) ? [value(name)] : []
    return [{ value: '', label: all }, ...[...names, ...more].map(it => ({ value: it, label: it }))]
  }
  const namesOf = (things: { name: string }[]) => things.map(({ name }) => name)
  return (
    <search className="filters" aria-label="Filters">
      <Search value={value('q')} onChange={set('q')} />
      <div className="chips">
        <Status word="" label="all" current={value('status')} />
        {statuses.map(status => (
          <Status key={status} word={status} label={status} current={value('status')} />
        ))}
      </div>
      <Select
        label="Lane"
        value={value('queue')}
        choices={choices('queue', 'All lanes', namesOf(queues))}
        onChange={set('queue')}
      />
      <Select
        label="Session"
        value={value('session')}
        choices={choices('session', 'All sessions', namesOf(sessions))}
        onChange={set('session')}
      />
      <Select
        label="Tool"
        value={value('tool')}
        choices={choices('tool', 'All tools', namesOf(tools))}
        onChange={set('tool')}
      />
      <Select
        label="Review"
        value={value('review')}
        choices={choices('review', 'Any review', reviews)}
        onChange={set('review')}
      />
      {filters.some(name => value(name)) ? (
        <Button
          look="quiet"
          onPress={() =>
            navigate(withQuery(Object.fromEntries(filters.map(name => [name, '']))), { replace: true })
          }
        >
          Clear
        </Button>
      ) : null}
    </search>
  )
}

function Status({ word, label, current }: { word: string; label: string; current: string }) {
  return (
    <Link
      className={`chip ${word ? `chip-${word}` : ''}`}
      href={withQuery({ status: word })}
      {...(current === word ? { 'aria-current': true } : {})}
    >
      {label}
    </Link>
  )
}

const settleMs = 200

function Search({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const [text, setText] = useState(value)
  const field = useRef<HTMLInputElement>(null)
  const said = useRef(value)
  const latest = useRef(onChange)
  latest.current = onChange
  // Cleared elsewhere, or gone back.
  useEffect(() => {
    if (value !== said.current) setText(value)
    said.current = value
  }, [value])
  useEffect(() => {
    if (text === said.current) return
    const timer = setTimeout(() => {
      said.current = text
      latest.current(text)
    }, settleMs)
    return () => clearTimeout(timer)
  }, [text])
  useActions([{ title: 'Search tasks', key: '/', run: () => field.current?.focus() }])
  return (
    <input
      ref={field}
      type="search"
      aria-label="Search tasks"
      placeholder="Search  /"
      value={text}
      onChange={event => setText(event.target.value)}
      onKeyDown={event => {
        if (event.key !== 'Escape') return
        // The browser would empty it.
        event.preventDefault()
        field.current?.blur()
      }}
    />
  )
}
