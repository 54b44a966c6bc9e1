#!/usr/bin/env bash
# description: Counts the lines of a checkout by language
# inputs: folder
# outputs: files and lines by language
# tags: survey
# timeout: 60
set -euo pipefail
counted=$(mktemp)
trap 'rm -f "$counted"' EXIT
cd "$1"

kinds='TypeScript:ts JavaScript:mjs JavaScript:js Shell:sh Python:py Markdown:md'
for kind in $kinds; do
  find . \( -name node_modules -o -name dist -o -name '*.tmp' -o -name .git \) -prune \
    -o -type f -name "*.${kind#*:}" -exec wc -l {} \; |
    awk -v language="${kind%:*}" '{ lines += $1; files++ } END { print language, files + 0, lines + 0 }'
done |
  awk '{ files[$1] += $2; lines[$1] += $3 } END { for (it in lines) print it, files[it], lines[it] }' |
  sort -k3,3nr -k1,1 |
  tee "$counted" |
  awk '{ printf "%-12s %5d files  %7d lines\n", $1, $2, $3 }'

awk -v result="$SPARKQ_RESULT_FILE" '
  { files += $2; lines += $3; if (NR == 1) most = $1
    data = data (NR > 1 ? "," : "") sprintf("\"%s\":{\"files\":%d,\"lines\":%d}", $1, $2, $3) }
  END { printf "{\"summary\":\"%d lines in %d files, most of them %s\",\"data\":{%s}}\n", lines, files, most, data > result }
' "$counted"
