#!/usr/bin/env bash
# kill -9 in mid produce, three times: every record that was acknowledged is there, in order and once.
source "$(dirname "$0")/lib.sh"
need kill kcat python3
needs_own_node kill
node_start auto.create.topics.enable=true
topic=$(unique kill)
kcat -b "$bootstrap" -L -t "$topic" > /dev/null 2>&1
sleep 1

# One idempotent producer lives through all crashes; its records are numbered, and it says at which offset each was acknowledged.
: > "$work/sent"
python3 - > "$work/sent" <<'PY' &
import sys, time
for number in range(12000):
    sys.stdout.write(f"{number}\n")
    if number % 10 == 9:
        sys.stdout.flush()
        time.sleep(0.01)
PY
numbers=$!
tail -n +1 -f --pid="$numbers" "$work/sent" | timeout 180 kcat -E -b "$bootstrap" -P -t "$topic" -p 0 -vvv -X enable.idempotence=true -X queue.buffering.max.ms=2 \
  -X reconnect.backoff.max.ms=300 -X message.timeout.ms=120000 2> "$work/producer" &
producer=$!
for round in 1 2 3; do
  sleep 3
  node_kill
  acknowledged=$(grep -cE 'Message delivered to partition 0' "$work/producer")
  if node_run; then ok "kill/restart-$round"; else fail "kill/restart-$round" "$(tail -2 "$node_dir/node.out")"; finish; fi
  got=$(timeout 60 kcat -b "$bootstrap" -C -q -e -t "$topic" -p 0 -o beginning -c "$((acknowledged > 0 ? acknowledged : 1))" 2>> "$work/err" | wc -l)
  if [ "$acknowledged" -gt 0 ] && [ "$got" -ge "$acknowledged" ]; then ok "kill/acknowledged-kept-$round"
  else fail "kill/acknowledged-kept-$round" "$acknowledged were acknowledged, $got are there"; fi
done
wait "$producer"
same kill/producer-delivered-all 12000 "$(grep -cE 'Message delivered to partition 0' "$work/producer")"
timeout 60 kcat -b "$bootstrap" -C -q -e -t "$topic" -p 0 -o beginning > "$work/got" 2>> "$work/err"
same kill/each-once-in-order "$(md5sum < "$work/sent")" "$(md5sum < "$work/got")"
finish
