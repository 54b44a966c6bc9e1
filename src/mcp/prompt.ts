import { yourWords } from './next.ts'

/** A task that a runner has the assistant do. */
export type TaskInHand = { task: string; attempt: number }

/** What an assistant knows of SparkQ before it has called anything. */
export function instructions(inHand: TaskInHand | undefined): string {
  if (inHand === undefined) return aboutSparkq
  const call = JSON.stringify({ ...inHand, question: yourWords })
  return `${aboutSparkq}

A runner has you do the task ${inHand.task} now, and finishes it when you end: claim none, and complete or fail none. Where only the person can decide: ask ${call}, then end your turn; the task comes back to you with the answer.`
}

const aboutSparkq = `SparkQ is a local job queue. Its tasks wait in lanes, one after the other; you may work a lane as its worker, or queue work for others.

To work a lane: wait_for_task {"lane": NAME}. Read the lane's instructions, do what the task says, then complete it with a summary of what was done, or fail it with the reason; where only the person can decide, ask. Then wait_for_task again. Every answer names the exact calls that may come next. One task at a time; a task stays yours until you finish it, and is failed when it takes more than twice its timeout.
To queue work: enqueue. To look: list_lanes, list_tasks, get_task.
sparkq://playbook, where it is there, says in full how to be a worker.`

export const workPrompt = {
  name: 'work',
  title: 'Work a lane',
  description: 'Work the tasks of a lane, one after the other, until it is empty',
  arguments: [{ name: 'lane', description: 'the lane; default: default', required: false }],
}

/** What `work` has the assistant do. */
export const workText = (lane: string): string => {
  const call = JSON.stringify({ lane })
  return `Work the SparkQ lane ${JSON.stringify(lane)} as its worker.

1. Take a task: wait_for_task ${call}. Its first answer has the lane's instructions: they hold for every task.
2. Do exactly what the task says, in this project, and check that it works.
3. Finish it with the call that the answer named: complete with a summary of what was done, or fail with the reason. Where only the person can decide something, ask, and go on with the next. Leave no task unfinished.
4. Take the next one. When wait_for_task finds nothing, the lane is worked: say in a few lines what was done, and stop.

Do not ask whether to go on. If the resource sparkq://playbook is there, read it before you begin.`
}
