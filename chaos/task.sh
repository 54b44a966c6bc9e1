#!/usr/bin/env bash
# A task of the crash loop: it does what its words say, and writes down, outside SparkQ, when it started and how it ended.
# usage: task.sh JOURNAL KIND NUMBER
journal=$1 kind=$2 number=$3
me=$SPARKQ_TASK_ID/$SPARKQ_ATTEMPT

# One write with O_APPEND: lines of several processes never mix.
note() { printf '%s %s %s\n' "$1" "$me" "$2" >>"$journal"; }
end() {
  note end "$1"
  exit "$1"
}

# Whoever the lane's last task was must be gone: told by pid and start time, a zombie being gone.
seat=$journal.$SPARKQ_QUEUE
{ read -r who pid born <"$seat" && read -r -a stat <"/proc/$pid/stat"; } 2>/dev/null &&
  [ "${stat[21]}" = "$born" ] && [ "${stat[2]}" != Z ] && note beside "$who"
read -r -a stat <"/proc/$$/stat"
echo "$me $$ ${stat[21]}" >"$seat"
note start $$

say() {
  echo "out $me $1"
  echo "err $me $1" >&2
}

case $kind in
  instant) say 1 ;;
  lines)
    for ((i = 1; i <= number; i++)); do
      say "$i"
      ((i % 40)) || sleep 0.01
    done
    ;;
  sleep) say 1; sleep "0.$number" ;;
  children)
    say 1
    sleep 0.2 &
    (sleep 0.1; sleep 0.1) &
    setsid sleep "0.$number" &
    wait
    ;;
  fail) say 1; end "$number" ;;
  stubborn)
    trap '' TERM
    say 1
    for ((i = 0; i < number; i++)); do sleep 0.05; done
    ;;
  hang)
    say 1
    sleep 1000 &
    wait
    ;;
  signal)
    say 1
    note end SIGKILL
    kill -9 $$
    ;;
esac
end 0
