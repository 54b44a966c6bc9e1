/** What a shell has to know to ask `sparkq __complete`. Each runs the program that is being completed. */
export const shells = {
  bash: `# sparkq completion bash
_sparkq() {
  local program=sparkq action= reply
  [[ $1 == */* ]] && program=$1
  [[ $program == "~/"* ]] && program=$HOME/\${program#"~/"}
  COMPREPLY=()
  while IFS= read -r -d '' reply; do
    if [[ -z $action ]]; then action=$reply; else COMPREPLY+=("$reply"); fi
  done < <("$program" __complete bash "$COMP_WORDBREAKS" "\${COMP_LINE:0:COMP_POINT}" 2>/dev/null </dev/null)
  case $action in
    nospace) compopt -o nospace 2>/dev/null ;;
    files) compopt -o default 2>/dev/null || while IFS= read -r reply; do COMPREPLY+=("$reply"); done < <(compgen -f -- "$2") ;;
    folders) compopt -o dirnames 2>/dev/null || while IFS= read -r reply; do COMPREPLY+=("$reply"); done < <(compgen -d -- "$2") ;;
  esac
}
complete -F _sparkq sparkq sparkq.sh
`,
  zsh: `#compdef sparkq sparkq.sh
# sparkq completion zsh
_sparkq() {
  local program=sparkq action value about text
  local -a records values texts more
  integer width=0
  [[ $words[1] == */* ]] && program=$~words[1]
  records=("\${(@0)"$("$program" __complete zsh "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null </dev/null)"}")
  action=$records[1]
  shift records
  for value about in "\${(@)records}"; do
    text=\${(V)value}
    (( $#text > width )) && width=$#text
  done
  for value about in "\${(@)records}"; do
    [[ -n $value ]] || continue
    values+=("$value")
    text=\${(V)value}
    [[ -n $about ]] && text="\${(mr:width:)text}  -- $about"
    texts+=("$text")
  done
  [[ $action == nospace ]] && more=(-S '')
  case $action in
    files) [[ $PREFIX == --*=* ]] && compset -P '*='; _files ;;
    folders) [[ $PREFIX == --*=* ]] && compset -P '*='; _files -/ ;;
    *) (( $#values )) && compadd -M 'm:{[:lower:][:upper:]}={[:upper:][:lower:]}' -l -V sparkq -d texts "\${(@)more}" -a values ;;
  esac
}
if [[ $funcstack[1] == _sparkq ]]; then _sparkq "$@"; else compdef _sparkq sparkq sparkq.sh; fi
`,
  fish: String.raw`# sparkq completion fish
function __sparkq_complete
    set -l words (commandline -opc)
    set -l program sparkq
    string match -q '*/*' -- $words[1]; and set program $words[1]
    set -l current (commandline -ct | string unescape; or commandline -ct)
    set -l records ($program __complete fish $words[2..-1] "$current" 2>/dev/null </dev/null | string split0)
    switch "$records[1]"
        case files
            __fish_complete_path "$current"
        case folders
            __fish_complete_directories "$current" ''
        case '*'
            set -e records[1]
            while set -q records[2]
                string match -q '*'\n'*' -- $records[1]; or printf '%s\t%s\n' $records[1] $records[2]
                set -e records[1..2]
            end
    end
end
complete -c sparkq -f -a '(__sparkq_complete)'
complete -c sparkq.sh -f -a '(__sparkq_complete)'
`,
} as const

export type Shell = keyof typeof shells
export const shellNames = Object.keys(shells) as Shell[]
