import type { Connection } from '../connect.ts'
import type { Kind } from './kinds.ts'
import type { Terminal } from './terminal.ts'

/**
 * A positional argument. `many`: this one and all that follow; for the completions, `kind` is what it names, `choices` are
 * words that it may be.
 */
export type ArgSpec = {
  value: string
  describe: string
  kind?: Kind
  choices?: readonly string[]
  optional?: true
  many?: true
}

/**
 * An option. `value` is the word for its value in the help; `choices` are all the values there are, `what` the word for
 * one of them; `kind` is what it names, for the completions; `blank` allows an empty text.
 */
export type OptionSpec = { describe: string; short?: string; aliases?: readonly string[] } & (
  | { type: 'flag' }
  | { type: 'text'; value: string; choices?: readonly string[]; what?: string; kind?: Kind; blank?: true }
  | { type: 'list'; value: string }
  | { type: 'whole'; value: string; min: number; unit?: string }
  | { type: 'number'; value: string; min: number; unit?: string }
)

export type ArgSpecs = Record<string, ArgSpec>
export type OptionSpecs = Record<string, OptionSpec>

type ArgValue<S> = S extends { many: true }
  ? string[]
  : S extends { optional: true }
    ? string | undefined
    : string

type OptionValue<S> = S extends { type: 'flag' }
  ? boolean
  : S extends { type: 'list' }
    ? string[]
    : S extends { type: 'whole' | 'number' }
      ? number | undefined
      : S extends { choices: readonly (infer C)[] }
        ? C | undefined
        : string | undefined

/**
 * What a command works with.
 *
 * @property rest    what stood behind `--`, for commands that take it; undefined without a `--`
 * @property connect opens the project once; it is closed when the command has ended
 */
export type Context<A = ArgSpecs, O = OptionSpecs> = {
  args: { [K in keyof A]: ArgValue<A[K]> }
  options: { [K in keyof O]: OptionValue<O[K]> }
  rest: string[] | undefined
  terminal: Terminal
  cwd: string
  env: NodeJS.ProcessEnv
  connect(): Promise<Connection>
}

/**
 * One command; its name stands in `commands.ts`. Parsing, help, the reference page and the completions all come
 * from this.
 *
 * @property usage       other ways to write it than the one that `args` and `rest` give
 * @property rest        the word in the help for what may stand behind `--`
 * @property restKind    what the first word behind `--` names; files may follow
 * @property local       it works on the files of this machine, and never through a server
 * @property ownsSignals it handles SIGINT itself; otherwise SIGINT ends it with exit code 130
 * @property run         answers the exit code when that is not 0
 */
export type Command<A extends ArgSpecs = ArgSpecs, O extends OptionSpecs = OptionSpecs> = {
  summary: string
  usage?: readonly string[]
  args?: A
  rest?: string
  restKind?: Kind
  options?: O
  notes?: string
  examples: readonly string[]
  local?: true
  ownsSignals?: true
  run(context: Context<A, O>): Promise<number | undefined>
}

/** Declares a command: the types of its arguments and options follow from what it says of them. */
export function defineCommand<
  const A extends ArgSpecs = Record<never, never>,
  const O extends OptionSpecs = Record<never, never>,
>(command: Command<A, O>): Command {
  return command as unknown as Command
}
