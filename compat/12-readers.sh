#!/usr/bin/env bash
# What reads moldau's output leaves ("moldau consume … | head -1"): the command ends with it, at once and without an error, also where no further record comes that would show it the broken pipe.
source "$(dirname "$0")/lib.sh"
[ -x "$moldau" ] || skip_all readers "artifacts/moldau/moldau is not built"
node_known readers
node_start
run() { (unset "${!MOLDAU_COMPAT_@}"; exec timeout 60 "$moldau" "$@" -b "$bootstrap"); }

few=$(unique few)
run topics create "$few" --partitions 1 > "$work/out"
printf '%s\n' one two three | run produce "$few"
# leaves NAME COMMAND...: what its reader saw, and how it ended; 124 is that it had to be stopped.
leaves() { local name=$1 seen; shift; seen=$({ run "$@" 2> "$work/error"; echo $? > "$work/code"; } | head -1); same "readers/$name" "one 0 " "$seen $(cat "$work/code") $(cat "$work/error")"; }
leaves consume consume "$few" --from-beginning
leaves consume-format consume "$few" --from-beginning --format '%s\n'
leaves member consume "$few" --from-beginning --group "$few"
leaves cat cat -C -q -t "$few"
same readers/member/committed 3 "$(run groups describe "$few" --json 2>/dev/null | grep -oE '"currentOffset":[0-9]+' | cut -d: -f2)"
finish
