import { errorCodes } from '../contract/errors.ts'
import { el, type Html, page } from './html.ts'
import type { DocumentedOperation, OpenApi, Parameter } from './openapi.ts'
import type { JsonSchema } from './openapi-schemas.ts'

type Row = { path: string; method: string; operation: DocumentedOperation }

/** The OpenAPI document for people. */
export function docsPage({ info, paths, components }: OpenApi): string {
  const rows: Row[] = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  )
  const tags = [...new Set(rows.flatMap(({ operation }) => operation.tags))]
  const schemas = Object.entries(components.schemas)
  return page('SparkQ API', {
    body: [
      el(
        'nav',
        { 'aria-label': 'Contents' },
        contents(
          rows,
          tags,
          schemas.map(([name]) => name),
        ),
      ),
      el(
        'main',
        {},
        el('h1', {}, `${info.title} API ${info.version}`),
        el('p', {}, ...inline(info.description)),
        el('p', {}, 'For programs: ', el('a', { href: '/openapi.json' }, '/openapi.json'), ' (OpenAPI 3.1).'),
        tags.map(tag => [
          el('h2', { id: `tag-${tag}` }, tag),
          rows.filter(({ operation }) => operation.tags.includes(tag)).map(operationSection),
        ]),
        el('h2', { id: 'errors' }, 'errors'),
        errorTable(),
        el('h2', { id: 'schemas' }, 'schemas'),
        schemas.map(([name, schema]) =>
          el('section', { id: `schema-${name}` }, el('h3', {}, name), describeSchema(schema)),
        ),
      ),
    ],
  })
}

function contents(rows: Row[], tags: string[], schemas: string[]): Html[] {
  const link = (href: string, text: string) => el('li', {}, el('a', { href }, text))
  return [
    ...tags.map(tag =>
      el(
        'details',
        {},
        el('summary', {}, tag),
        el(
          'ul',
          {},
          rows
            .filter(({ operation }) => operation.tags.includes(tag))
            .map(({ operation }) => link(`#${operation.operationId}`, operation.operationId)),
        ),
      ),
    ),
    el('p', {}, el('a', { href: '#errors' }, 'errors')),
    el(
      'details',
      {},
      el('summary', {}, 'schemas'),
      el(
        'ul',
        {},
        schemas.map(name => link(`#schema-${name}`, name)),
      ),
    ),
  ]
}

function operationSection({ path, method, operation }: Row): Html {
  const { operationId, summary, description, parameters = [], requestBody, responses } = operation
  const body = requestBody?.content['application/json']?.schema
  return el(
    'section',
    { id: operationId },
    el(
      'h3',
      {},
      el(
        'a',
        { href: `#${operationId}` },
        el('code', { class: 'method' }, method),
        ' ',
        el('code', {}, path),
      ),
    ),
    el('p', {}, `${summary}. `, el('small', {}, operationId)),
    description === undefined ? [] : el('p', {}, ...inline(description)),
    parameters.length === 0 ? [] : [el('h4', {}, 'Parameters'), parameterTable(parameters)],
    body === undefined ? [] : [el('h4', {}, 'Body'), describeSchema(body)],
    Object.entries(responses).flatMap(([status, { content = {} }]) =>
      Object.entries(content).flatMap(([type, { schema }]) => [
        el('h4', {}, `Answer ${status} `, el('small', {}, type)),
        describeSchema(schema),
      ]),
    ),
  )
}

function parameterTable(parameters: Parameter[]): Html {
  return table(
    ['name', 'in', 'type', ''],
    parameters.map(({ name, in: where, required, schema, description = '' }) => [
      fieldName(name, required),
      [where],
      typeOf(schema),
      inline(description),
    ]),
  )
}

/** An object as a table of its fields, anything else as its type. */
function describeSchema(schema: JsonSchema): Html {
  const properties = schema.properties as Record<string, JsonSchema> | undefined
  if (!properties) return el('p', {}, ...typeOf(schema), ...noteOf(schema))
  const required = (schema.required ?? []) as string[]
  if (Object.keys(properties).length === 0) return el('p', {}, 'an object without fields')
  return table(
    ['field', 'type', ''],
    Object.entries(properties).map(([name, field]) => [
      fieldName(name, required.includes(name)),
      typeOf(field),
      inline(String(field.description ?? '')),
    ]),
  )
}

function errorTable(): Html {
  return table(
    ['code', 'status', ''],
    Object.entries(errorCodes).map(([code, { status, title }]) => [
      [el('code', { id: `error-${code}` }, code)],
      [String(status)],
      [title],
    ]),
  )
}

const fieldName = (name: string, required: boolean) =>
  required
    ? [el('strong', {}, el('code', {}, name)), ' ', el('small', {}, 'required')]
    : [el('code', {}, name)]

const noteOf = ({ description }: JsonSchema) => (description === undefined ? [] : [`: ${description}`])

function typeOf(schema: JsonSchema): (Html | string)[] {
  const { $ref, anyOf, items, type, properties, minimum, maximum } = schema
  const listed = schema.enum as unknown[] | undefined
  if (typeof $ref === 'string') {
    const name = $ref.split('/').at(-1) ?? ''
    return [el('a', { href: `#schema-${name}` }, name)]
  }
  if (anyOf)
    return (anyOf as JsonSchema[]).flatMap((part, at) => (at > 0 ? [' or ', ...typeOf(part)] : typeOf(part)))
  if (items) return ['list of ', ...typeOf(items as JsonSchema)]
  if (properties) return [describeSchema(schema)]
  if (listed) return listed.flatMap((value, at) => [at > 0 ? ', ' : '', el('code', {}, String(value))])
  if (schema.const !== undefined) return [el('code', {}, JSON.stringify(schema.const))]
  if (type === undefined) return ['any JSON']
  const range = [
    minimum === undefined ? [] : [`from ${minimum}`],
    maximum === undefined ? [] : [`to ${maximum}`],
  ].flat()
  return [[String(type), ...range].join(' ')]
}

function table(heads: string[], rows: (Html | string)[][][]): Html {
  return el(
    'table',
    {},
    el(
      'thead',
      {},
      el(
        'tr',
        {},
        heads.map(head => el('th', { scope: 'col' }, head)),
      ),
    ),
    el(
      'tbody',
      {},
      rows.map(cells =>
        el(
          'tr',
          {},
          cells.map(cell => el('td', {}, ...cell)),
        ),
      ),
    ),
  )
}

/** Text with `code` in it. */
const inline = (text: string): (Html | string)[] =>
  text.split('`').map((part, at) => (at % 2 === 1 ? el('code', {}, part) : part))
