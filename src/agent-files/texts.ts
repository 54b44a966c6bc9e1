/** What is asked of an assistant that shall work a lane; `lane` is how its own face puts in what was typed. */
const work = (
  lane: string,
): string => `Work the SparkQ lane "${lane}" as its worker. Where no name stands there, it is the lane "default". I have queued
its tasks myself: each is a request of mine, those too that come later.

1. Take a task with the tool wait_for_task of the server sparkq: {"lane": NAME}. The first answer has the instructions of the
   lane; they hold for every task.
2. Do what the task says, in this project. Edit what is there before you write anything new. Check that it works.
3. Finish it with the call that the answer names: complete with a summary of what was done and what was checked, or fail with
   the reason. Where only I can decide, ask, and go on with the next one. Leave none unfinished.
4. Take the next one. When there is none, say in a few lines what was done, what failed, and what waits for me; then end your turn.

Do not ask me whether to go on. The resource sparkq://playbook (sparkq/WORKER_PLAYBOOK.md) says in full how to be a worker.
Without these tools, run: sparkq runner -q NAME --chat --once, and do what it prints, again and again until nothing is queued.
`

export const claudeWork = `---
description: Work a SparkQ lane, task by task, until it is empty
argument-hint: LANE
---
${work('$ARGUMENTS')}`

export const claudeStop = `---
description: Work no SparkQ lane any more in this chat
---
This chat works no SparkQ lane any more: no task is handed to you from now on. If you have one in hand, finish it (complete, fail
or ask) and take no other. Then say in one line how the lane stands.
`

export const agentsSkill = `---
name: sparkq-work
description: Work the tasks of a SparkQ lane, one after the other, until it is empty. Use it when the person asks to work a lane or a queue of SparkQ, and names it.
---
${work('NAME')}
NAME is the lane that the person has named.
`

export const geminiWork = `description = "Work a SparkQ lane, task by task, until it is empty"
prompt = """
${work('{{args}}').replaceAll('"', '\\"')}"""
`
