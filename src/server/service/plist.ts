import type { About } from './about.ts'

/** An agent of launchd: launchd.plist(5). It knows no exit code that is to be left alone, so it tries again but rarely. */
export function renderPlist({ name, folder, argv, env }: About): string {
  const variables = Object.entries(env).map(
    ([key, value]) => `    ${element('key', key)}${element('string', value)}\n`,
  )
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- Written by "sparkq service install"; "sparkq service uninstall" removes it. -->
<plist version="1.0">
<dict>
  <key>Label</key>${element('string', name)}
  <key>ProgramArguments</key>
  <array>
${argv.map(word => `    ${element('string', word)}\n`).join('')}  </array>
  <key>WorkingDirectory</key>${element('string', folder)}
  <key>EnvironmentVariables</key>
  <dict>
${variables.join('')}  </dict>
  <key>RunAtLoad</key><true/>
  <key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>
  <key>ThrottleInterval</key><integer>60</integer>
  <!-- Tasks outlive the server: they go on, and the next one takes them up. -->
  <key>AbandonProcessGroup</key><true/>
  <key>ExitTimeOut</key><integer>30</integer>
</dict>
</plist>
`
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#13;' }

function element(name: string, text: string): string {
  return `<${name}>${text.replace(/[&<>\r]/g, char => entities[char] as string)}</${name}>`
}
