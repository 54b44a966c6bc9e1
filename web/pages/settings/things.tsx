import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { span } from '../../../src/contract/time-text.ts'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import { useActions } from '../../parts/actions.ts'
import { Button } from '../../parts/button.tsx'
import { confirm } from '../../parts/confirm.tsx'
import { Line, Name } from '../../parts/texts.tsx'
import { attempt } from '../../parts/toasts.tsx'
import { Answered } from '../../parts/trouble.tsx'
import { FormDialog, type FormField } from './form-dialog.tsx'
import { Table } from './table.tsx'

const classes = () => ({
  queryKey: ['classes'],
  queryFn: async () => (await api.listTaskClasses()).task_classes,
})

const sourceTexts = { file: 'sparkq.yml', user: 'set here', 'built-in': 'SparkQ' }
type Values = Record<string, unknown>

export function ToolsTab() {
  const { data: known = [] } = useQuery(classes())
  const fields: FormField[] = [
    { key: 'name', label: 'Name', kind: 'text', required: true },
    { key: 'description', label: 'Description', kind: 'text' },
    {
      key: 'task_class',
      label: 'Task class',
      kind: 'choice',
      required: true,
      choices: known.map(({ name }) => name),
    },
    { key: 'timeout', label: 'Timeout, in seconds', kind: 'number', note: 'None: that of its class.' },
    { key: 'agent', label: 'Agent', kind: 'choice', choices: ['claude', 'codex', 'gemini'] },
    { key: 'model', label: 'Model', kind: 'text' },
    {
      key: 'command',
      label: 'Command, one word in a line',
      kind: 'words',
      note: 'What runs its prompts where it has no agent. {prompt} stands for the prompt, which else comes on stdin.',
    },
  ]
  return (
    <Things
      one="tool"
      query={useQuery(queries.tools())}
      heads={['Class', 'Runs', 'From']}
      cells={tool => [
        <Line
          key="class"
          text={`${tool.task_class}${tool.timeout === null ? '' : ` · ${span(tool.timeout)}`}`}
        />,
        <Line
          key="runs"
          className="mono"
          text={tool.command?.join(' ') ?? [tool.agent, tool.model].filter(Boolean).join(' ')}
        />,
        sourceTexts[tool.source],
      ]}
      nameOf={tool => tool.name}
      fields={fields}
      fresh={{ task_class: known[0]?.name }}
      create={values => api.createTool(given(values) as never)}
      update={(name, { name: _, ...values }) => api.updateTool({ name, ...values } as never)}
      remove={name => api.deleteTool({ name })}
    />
  )
}

export function ClassesTab() {
  return (
    <Things
      one="task class"
      query={useQuery(classes())}
      heads={['Timeout', 'Description', 'From']}
      cells={it => [
        span(it.timeout),
        <Line key="about" text={it.description ?? ''} />,
        sourceTexts[it.source],
      ]}
      nameOf={it => it.name}
      fields={[
        { key: 'name', label: 'Name', kind: 'text', required: true },
        { key: 'timeout', label: 'Timeout, in seconds', kind: 'number', required: true },
        { key: 'description', label: 'Description', kind: 'text' },
      ]}
      fresh={{}}
      create={values => api.createTaskClass(given(values) as never)}
      update={(name, { name: _, ...values }) => api.updateTaskClass({ name, ...values } as never)}
      remove={name => api.deleteTaskClass({ name })}
    />
  )
}

export function PromptsTab() {
  const query = useQuery({
    queryKey: ['prompts'],
    queryFn: async () => (await api.listPrompts({ limit: 500 })).prompts,
  })
  return (
    <Things
      one="prompt"
      query={query}
      heads={['Description', 'Variables', 'From']}
      cells={it => [
        <Line key="about" text={it.description ?? ''} />,
        <Line key="variables" text={it.variables.map(({ name }) => name).join(', ')} />,
        sourceTexts[it.source],
      ]}
      nameOf={it => it.command}
      canDelete={it => it.source === 'user'}
      fields={[
        { key: 'command', label: 'Command', kind: 'text', required: true },
        { key: 'description', label: 'Description', kind: 'text' },
        {
          key: 'template',
          label: 'Template',
          kind: 'long',
          required: true,
          note: '{{name}} is a variable, {{name=text}} one with a default.',
        },
      ]}
      fresh={{}}
      create={values => api.createPrompt(given(values) as never)}
      update={(id, values) => api.updatePrompt({ id, ...values } as never)}
      remove={id => api.deletePrompt({ id })}
    />
  )
}

type Props<T> = {
  one: string
  query: Pick<UseQueryResult<T[]>, 'data' | 'error'>
  heads: string[]
  cells: (thing: T) => ReactNode[]
  nameOf: (thing: T) => string
  canDelete?: (thing: T) => boolean
  /** The first one is what it is called. */
  fields: FormField[]
  fresh: Values
  create: (values: Values) => Promise<unknown>
  update: (name: string, values: Values) => Promise<unknown>
  remove: (name: string) => Promise<unknown>
}

/** What is listed, made, changed and deleted in the same way. */
function Things<T extends object>(props: Props<T>) {
  const { one, query, heads, cells, nameOf, canDelete = () => true, fields, fresh } = props
  const [form, setForm] = useState<T | 'new' | undefined>()
  useActions([{ title: `New ${one}`, key: 'n', run: () => setForm('new') }])
  const close = () => setForm(undefined)
  const remove = async (name: string) => {
    const text = `What is queued with it stays as it is. One of sparkq.yml stays there, and is hidden.`
    const action = `Delete ${one}`
    if (await confirm({ title: `Delete ${name}?`, text, action })) {
      await attempt(() => props.remove(name), `Deleted ${name}.`)
    }
  }
  return (
    <>
      <div>
        <Button hotkey="n" onPress={() => setForm('new')}>
          New {one}
        </Button>
      </div>
      <Answered query={query}>
        {all => (
          <Table
            label={`Every ${one}`}
            heads={['Name', ...heads, 'Actions']}
            empty={`There is no ${one} yet.`}
            rows={all.map(thing => {
              const name = nameOf(thing)
              return {
                key: name,
                cells: [
                  <Name key="name" text={name} />,
                  ...cells(thing),
                  <span key="acts" className="row-actions">
                    <Button look="quiet" aria-label={`Edit ${name}`} onPress={() => setForm(thing)}>
                      Edit
                    </Button>
                    {canDelete(thing) ? (
                      <Button look="quiet" aria-label={`Delete ${name}`} onPress={() => remove(name)}>
                        Delete
                      </Button>
                    ) : null}
                  </span>,
                ],
              }
            })}
          />
        )}
      </Answered>
      {form === 'new' ? (
        <FormDialog
          title={`New ${one}`}
          action={`Create ${one}`}
          fields={fields}
          initial={fresh}
          onClose={close}
          save={props.create}
        />
      ) : form ? (
        <FormDialog
          title={`Edit ${nameOf(form)}`}
          action="Save"
          // Tools and classes are known by their names.
          fields={one === 'prompt' ? fields : fields.slice(1)}
          initial={form as Values}
          onClose={close}
          save={values => props.update(nameOf(form), values)}
        />
      ) : null}
    </>
  )
}

const given = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null))
