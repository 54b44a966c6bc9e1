#!/usr/bin/env bash
# Runs the SparkQ of this checkout from any folder; installs and builds first where that is needed.
set -eu
self=$(readlink -f "${BASH_SOURCE[0]}")
root=${self%/*}
node=$root/node_modules/node/bin/node
built=$root/dist/.built

fresh() {
  [ -x "$node" ] && [ -f "$built" ] && [ -z "$(find "$root/src" "$root/web" "$root/dev/build.mjs" "$root/dev/build-web.mjs" "$root/package-lock.json" -newer "$built" -print -quit)" ]
}
fresh || node "$root/dev/ready.mjs" </dev/null 1>&2
exec "$node" "$root/bin/sparkq.js" "$@"
