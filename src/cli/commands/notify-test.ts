import { findProject } from '../../config.ts'
import { timestamp } from '../../contract/time.ts'
import { lookAtOverrides } from '../../live-config.ts'
import { makeNotice } from '../../notify/notice.ts'
import { tell } from '../../notify/notifier.ts'
import { waysOf } from '../../notify/ways.ts'
import { defineCommand } from '../command.ts'
import { sayNext } from '../hints.ts'
import { oneLine, padEnd } from '../text.ts'
import { duration } from '../times.ts'

export const command = defineCommand({
  summary: 'Send a test notification, and say what became of it.',
  notes: `Runs notify.command of sparkq.yml with {"kind": "test", …} on its stdin, and shows the message on the desktop where
there is one: as this terminal can, which a server that was started elsewhere may not. Exit 1 when one of them failed, or
when there is nothing to tell with.`,
  examples: ['sparkq notify test'],
  local: true,
  run: async ({ terminal: { out, err }, cwd, env }) => {
    const project = lookAtOverrides(findProject(cwd, env))
    const { notify: settings, project: about } = project.config
    const ways = waysOf(settings, env)
    if (ways.length === 0) {
      out.line('Nothing would be told: no command is set, and no desktop is in reach.')
      sayNext(err, [['notify.command', 'in sparkq.yml names one']])
      return 1
    }
    const message = `This is a test: SparkQ can reach you about ${about.name}.`
    const place = { name: about.name, root: project.root }
    const notice = makeNotice(place, timestamp(Date.now()), { kind: 'test', message })
    let failed = false
    for (const way of ways) {
      const begun = performance.now()
      const error = await tell({ project, env }, { way, settings, notice }, new AbortController().signal)
      const took = duration(performance.now() - begun)
      failed ||= error !== null
      out.line(`${padEnd(way, 10)}${error === null ? `told in ${took}` : `failed: ${oneLine(error)}`}`)
    }
    return failed ? 1 : 0
  },
})
