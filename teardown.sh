#!/usr/bin/env bash
# Removes SparkQ from the folder it is called in, as `sparkq teardown` does: ./teardown.sh --help says what goes.
set -eu
self=${BASH_SOURCE[0]}
while [ -L "$self" ]; do
  link=$(readlink "$self")
  case $link in /*) self=$link ;; *) self=$(dirname "$self")/$link ;; esac
done
exec "$(dirname "$self")/sparkq.sh" teardown "$@"
