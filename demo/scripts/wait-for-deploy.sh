#!/usr/bin/env bash
# description: Waits for a deployment that never answers, and starts helpers that do not want to go (it is stopped)
# inputs: name
# tags: chores
set -u
mkdir -p build

# One helper ignores the polite signal; the other one leaves the session, as a daemon does.
(
  trap '' TERM
  while :; do sleep 0.2; done
) &
stubborn=$!
python3 - <<'PYTHON' &
import os, time
if os.fork() == 0:
    os.setsid()
    with open("build/daemon.pid", "w") as file:
        file.write(str(os.getpid()))
    time.sleep(600)
PYTHON
echo "helper $stubborn ignores SIGTERM, another one runs as a daemon"

for ((look = 1; ; look++)); do
  echo "$1 is not up yet (look $look)"
  sleep 0.25
done
