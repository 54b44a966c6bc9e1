import type { Task } from '../src/contract/tasks.ts'

export type Lane = { name: string; session: string }

/** A task of the demo: what is typed behind `sparkq enqueue`, and how it has to end. */
export type Planned = {
  id: string
  lane: string
  words: string[]
  end: Partial<Pick<Task, 'status' | 'exit_code' | 'error_type' | 'attempts'>>
  /** A part of its summary, or of what it complained about. */
  says: RegExp
}

/** How many orders the data tasks work on. */
export const orderCount = 200_000

export const sessions = ['survey', 'upkeep'] as const

export const lanes: Lane[] = [
  { name: 'code', session: 'survey' },
  { name: 'data', session: 'survey' },
  { name: 'chores', session: 'upkeep' },
]

/** What is queued, lane by lane in the order it has to run. `checkout` is the folder that the code tasks look at. */
export function planTasks(checkout: string): Planned[] {
  return [
    {
      id: 'CODE-1',
      lane: 'code',
      words: ['--', './scripts/count-lines.sh', checkout],
      end: success,
      says: /^\d+ lines in \d+ files, most of them \w+$/,
    },
    {
      id: 'CODE-2',
      lane: 'code',
      words: [
        '--cwd',
        checkout,
        '-c',
        "find src -name '*.ts' -exec wc -l {} + | grep -v ' total$' | sort -n | tail -n 5",
      ],
      end: success,
      says: /^\d+ src\/.+\.ts$/,
    },
    {
      id: 'CODE-3',
      lane: 'code',
      words: ['--', './scripts/most-imported.py', checkout],
      end: success,
      says: /^src\/.+\.ts is imported by \d+ of \d+ modules$/,
    },
    {
      id: 'DATA-1',
      lane: 'data',
      words: ['--', './scripts/make-orders.py', String(orderCount)],
      end: success,
      says: /^200,000 orders, .+ MB in build\/orders\.csv$/,
    },
    {
      id: 'DATA-2',
      lane: 'data',
      words: ['--', './scripts/sum-orders.py', 'build/orders.csv'],
      end: success,
      says: /^200,000 orders worth [\d,.]+$/,
    },
    {
      id: 'DATA-3',
      lane: 'data',
      words: ['--', './scripts/convert-orders.py', 'build/orders.csv'],
      end: { ...failure, exit_code: 1, error_type: 'exit_code' },
      says: /^KeyError: 'currency'$/,
    },
    {
      id: 'DATA-4',
      lane: 'data',
      words: ['--', './scripts/sort-orders.sh', 'build/orders.csv'],
      end: success,
      says: /^200000 orders sorted, order \d+ is the largest$/,
    },
    {
      id: 'CHORES-1',
      lane: 'chores',
      words: ['--timeout', '1', '--', './scripts/wait-for-deploy.sh', 'staging'],
      end: { ...failure, error_type: 'timeout' },
      says: /^staging is not up yet/,
    },
    {
      id: 'CHORES-2',
      lane: 'chores',
      words: ['--max-attempts', '2', '--', './scripts/check-backup.sh', 'scripts'],
      end: { ...success, attempts: 2 },
      says: /^\d+ files are the same in the backup$/,
    },
    {
      id: 'CHORES-3',
      lane: 'chores',
      words: ['-c', 'gzip -k build/backup.tar && gzip -t build/backup.tar.gz && ls build/backup.tar.gz'],
      end: success,
      says: /^build\/backup\.tar\.gz$/,
    },
  ]
}

const success = { status: 'succeeded', exit_code: 0, error_type: null, attempts: 1 } as const
const failure = { status: 'failed', attempts: 1 } as const
