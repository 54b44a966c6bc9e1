import type { Tool } from './tool.ts'
import { claim, peek, waitForTask } from './tools/claiming.ts'
import { enqueue, listScripts } from './tools/enqueueing.ts'
import { ask, complete, fail } from './tools/finishing.ts'
import { getTask, listLanes, listTasks } from './tools/looking.ts'

/** Every tool, in the order in which clients see them. */
export const tools: readonly Tool[] = [
  waitForTask,
  claim,
  peek,
  complete,
  fail,
  ask,
  enqueue,
  listLanes,
  listTasks,
  getTask,
  listScripts,
]
