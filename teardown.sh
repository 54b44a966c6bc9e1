#!/usr/bin/env bash
# Removes SparkQ from the folder it is called in, as `sparkq teardown` does: ./teardown.sh --help says what goes.
set -eu
self=$(readlink -f "${BASH_SOURCE[0]}")
exec "${self%/*}/sparkq.sh" teardown "$@"
