#!/usr/bin/env bash
# long: a disk is filled and freed
# A log directory on a small tmpfs runs full: produce is refused and tried again, reads, deletes and administration go on, and everything heals by itself when space returns.
source "$(dirname "$0")/lib.sh"
need full-disk kcat python3 java "$peers/kafka/kafka"
needs_own_node full-disk
node_dir=$work/full
mkdir -p "$node_dir/data"
mount -t tmpfs -o size=40m tmpfs "$node_dir/data" 2> /dev/null || skip_all full-disk "no tmpfs can be mounted here"
trap 'status=$?; node_kill 2>/dev/null; umount "$node_dir/data"; rm -rf "$work"; exit $status' EXIT
node_configure "$node_dir/data" 1 auto.create.topics.enable=true log.segment.bytes=8388608 log.cleaner.dedupe.buffer.size=4194304
node_run || { fail full-disk/start "$(tail -3 "$node_dir/node.out")"; finish; }
kafka topics --bootstrap-server "$bootstrap" --create --topic kept --config file.delete.delay.ms=1000 > /dev/null 2>&1
kafka topics --bootstrap-server "$bootstrap" --create --topic big --config file.delete.delay.ms=1000 > /dev/null 2>&1
seq 1 1000 | kcat -b "$bootstrap" -P -t kept -p 0
same full-disk/before 1000 "$(timeout 20 kcat -b "$bootstrap" -C -q -e -t kept -o beginning | wc -l)"

head -c 60000000 /dev/zero | tr '\0' x | fold -w 4000 | timeout 30 kcat -b "$bootstrap" -P -t big -p 0 -X message.timeout.ms=4000 -X enable.idempotence=true > /dev/null 2> "$work/producer"
holds full-disk/producer-is-told 'Delivery failed|timed out' "$(cat "$work/producer")"
holds full-disk/node-says-so 'No space left for big-0' "$(cat "$node_dir/node.out")"
kill -0 "$node_pid" 2> /dev/null && ok full-disk/node-lives || fail full-disk/node-lives "$(tail -3 "$node_dir/node.out")"
same full-disk/reads-go-on 1000 "$(timeout 20 kcat -b "$bootstrap" -C -q -e -t kept -o beginning | wc -l)"
acknowledged=$(timeout 30 kcat -b "$bootstrap" -C -q -e -t big -p 0 -o beginning | wc -l)
holds full-disk/what-fitted-is-there '^[1-9][0-9]{3,}$' "$acknowledged"

# One producer waits through the healing.
seq 1 500 | timeout 60 kcat -b "$bootstrap" -P -t kept -p 0 -X message.timeout.ms=50000 -X enable.idempotence=true 2> "$work/waiting" &
waiting=$!
sleep 2
passes full-disk/administration kafka configs --bootstrap-server "$bootstrap" --alter --entity-type topics --entity-name kept --add-config retention.ms=172800000
passes full-disk/topic-is-deleted kafka topics --bootstrap-server "$bootstrap" --delete --topic big
if wait "$waiting"; then ok full-disk/heals; else fail full-disk/heals "$(tail -2 "$work/waiting")"; fi
same full-disk/after 1500 "$(timeout 20 kcat -b "$bootstrap" -C -q -e -t kept -o beginning | wc -l)"
passes full-disk/clean-stop node_stop
finish
