import type { About } from './about.ts'

/** A user unit of systemd. Its syntax: systemd.syntax(7), systemd.unit(5) for `%`, systemd.service(5) for `ExecStart`. */
export function renderUnit({ folder, argv, env }: About): string {
  const [file = '', ...args] = runnable(argv)
  // ":" takes "$" as it is.
  const words = [`:${file}`, ...args].map(quoted)
  const variables = Object.entries(env).map(([name, value]) => `Environment=${quoted(`${name}=${value}`)}\n`)
  return `# Written by "sparkq service install"; "sparkq service uninstall" removes it.
[Unit]
Description=SparkQ in ${plain(folder)}

[Service]
Type=exec
ExecStart=${words.join(' ')}
${workingDirectory(folder)}${variables.join('')}# Tasks outlive the server: only the server itself is stopped. They go on, and the next one takes them up.
KillMode=process
Restart=on-failure
RestartSec=10
# 4: a server of this project runs already.
RestartPreventExitStatus=4
# It answers what is under way first.
TimeoutStopSec=30

[Install]
WantedBy=default.target
`
}

/** systemd refuses a program whose path has quotes, backslashes or control characters in it; as an argument it may. */
function runnable(argv: string[]): string[] {
  const isPlain = /^[^"'\\\p{Cc}]*$/u.test(argv[0] ?? '')
  return isPlain ? argv : ['/bin/sh', '-c', 'exec "$0" "$@"', ...argv]
}

/**
 * Unlike everything else this is no list of words: nothing can be quoted or escaped in it. A path that cannot be written
 * so is left out; the server goes by SPARKQ_CONFIG anyway.
 */
function workingDirectory(folder: string): string {
  const canBeWritten = /^[^\p{Cc}]*[^\p{Cc}\s\\]$/u.test(folder)
  return canBeWritten ? `WorkingDirectory=${folder.replaceAll('%', '%%')}\n` : ''
}

/** One word, whatever is in it. */
function quoted(text: string): string {
  const escaped = text.replace(/["\\]|\p{Cc}/gu, char =>
    char === '"' || char === '\\' ? `\\${char}` : hex(char),
  )
  return `"${escaped.replaceAll('%', '%%')}"`
}

const hex = (char: string): string => {
  const code = char.charCodeAt(0)
  return code < 0x80 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
}

/** For people, who read on one line. */
const plain = (text: string): string =>
  text
    .replace(/\p{Cc}/gu, ' ')
    .replace(/[\\\s]+$/, '')
    .replaceAll('%', '%%')
