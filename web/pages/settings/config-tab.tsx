import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ConfigEntry } from '../../../src/contract/settings.ts'
import { visible } from '../../../src/contract/visible-text.ts'
import { api } from '../../api/client.ts'
import { Button } from '../../parts/button.tsx'
import { Line, Name } from '../../parts/texts.tsx'
import { attempt } from '../../parts/toasts.tsx'
import { Answered } from '../../parts/trouble.tsx'
import { FormDialog } from './form-dialog.tsx'
import { Table } from './table.tsx'

const sourceTexts = { default: 'default', file: 'sparkq.yml', override: 'override' }

/** Every setting: its value, where that comes from, and what lies below it. */
export function ConfigTab() {
  const [edited, setEdited] = useState<ConfigEntry | undefined>()
  const query = useQuery({ queryKey: ['config', 'list'], queryFn: () => api.listConfig() })
  return (
    <Answered query={query}>
      {({ config, warnings }) => (
        <>
          {warnings.map(text => (
            <p key={text} className="wrap">
              ! <Name text={text} />
            </p>
          ))}
          <Table
            label="Settings"
            heads={['Setting', 'Value', 'From', 'Below it', 'Actions']}
            empty="There are no settings."
            rows={config.map(entry => ({ key: entry.name, cells: cellsOf(entry, setEdited) }))}
          />
          {edited ? <OverrideForm entry={edited} onClose={() => setEdited(undefined)} /> : null}
        </>
      )}
    </Answered>
  )
}

const cellsOf = (entry: ConfigEntry, edit: (entry: ConfigEntry) => void) => [
  <code key="name">{entry.name}</code>,
  <Line key="value" className="mono" text={textOf(entry.value)} />,
  entry.source === 'override' ? (
    <strong key="from">{sourceTexts.override}</strong>
  ) : (
    sourceTexts[entry.source]
  ),
  <Line key="below" className="dim" text={belowText(entry)} />,
  entry.fixed ? (
    <span key="acts" className="dim">
      only in sparkq.yml
    </span>
  ) : (
    <span key="acts" className="row-actions">
      <Button look="quiet" aria-label={`Override ${entry.name}`} onPress={() => edit(entry)}>
        Override
      </Button>
      {entry.source === 'override' ? (
        <Button
          look="quiet"
          aria-label={`Take the override of ${entry.name} back`}
          onPress={() => unset(entry)}
        >
          Take back
        </Button>
      ) : null}
    </span>
  ),
]

function unset({ namespace, key, name, value }: ConfigEntry) {
  return attempt(
    () => api.unsetConfig({ namespace, key }),
    `Took the override of ${name} back.`,
    () => api.setConfig({ namespace, key, value }),
  )
}

function OverrideForm({ entry, onClose }: { entry: ConfigEntry; onClose: () => void }) {
  const { namespace, key, name, restart } = entry
  const isText = typeof entry.value === 'string' || typeof entry.default === 'string'
  return (
    <FormDialog
      title={`Override ${name}`}
      action="Save"
      fields={[
        {
          key: 'value',
          label: 'Value',
          kind: 'text',
          note: `${isText ? '' : 'As JSON. '}Default: ${textOf(entry.default)}.${restart ? ` Counts once the ${restart} has started again.` : ''}`,
        },
      ]}
      initial={{ value: textOf(entry.value) }}
      onClose={onClose}
      save={async ({ value }) => {
        await api.setConfig({ namespace, key, value: readValue(String(value ?? ''), isText) })
      }}
    />
  )
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? visible(value) : JSON.stringify(value)

/** What is no JSON is a word; the server says when the setting takes none. */
function readValue(text: string, isText: boolean): unknown {
  if (isText && text !== 'null') return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function belowText({ source, default: initial, file, is_in_file }: ConfigEntry): string {
  if (source === 'default') return ''
  const inFile = source === 'override' && is_in_file ? `sparkq.yml: ${textOf(file)} · ` : ''
  return `${inFile}default: ${textOf(initial)}`
}
