#!/usr/bin/env bash
# long: the disk fails under strace
# fdatasync fails (strace injects EIO into the process): the log directory goes offline, nothing that was not synced has been acknowledged, the other directory goes on.
source "$(dirname "$0")/lib.sh"
need sync-error kcat strace python3
[ "$node_kind" = moldau ] || skip_all sync-error "durability is a key of ours"
needs_own_node sync-error
node_dir=$work/node
mkdir -p "$node_dir"
node_configure "$node_dir/one,$node_dir/two" 1 durability=fsync num.partitions=2 auto.create.topics.enable=true
node_run || { fail sync-error/start "$(tail -3 "$node_dir/node.out")"; finish; }
kcat -b "$bootstrap" -L -t t > /dev/null 2>&1
sleep 1
lost=$(ls -d "$node_dir"/two/t-* 2> /dev/null | head -1 | sed 's/.*-//')
[ -n "$lost" ] || { fail sync-error/placed "no partition in the second directory"; finish; }
kept=$((1 - lost))
produce() { seq "$2" "$3" | timeout 20 kcat -b "$bootstrap" -P -t t -p "$1" -X acks=1 -X queue.buffering.max.ms=1 -X batch.num.messages=10 -X message.timeout.ms=5000 -vvv 2>&1; }
delivered() { grep -c 'Message delivered' <<< "$1"; }

# Each acknowledgement comes after an fdatasync of the file: the syncs of a hundred separate requests, counted.
timeout 60 strace -f -p "$node_pid" -e trace=fdatasync,pwrite64 -P "$node_dir/two/t-$lost/00000000000000000000.log" -o "$work/trace" 2> "$work/strace" &
tracer=$!
for _ in $(seq 50); do grep -q attached "$work/strace" && break; sleep 0.1; done
! grep -q 'not permitted' "$work/strace" || skip_all sync-error "strace may not attach to a process here: $(tail -1 "$work/strace")"
same sync-error/before 20 "$(delivered "$(produce "$lost" 1 20)")"
kill -INT "$tracer"; wait "$tracer" 2> /dev/null
last=$(grep -E 'pwrite64|fdatasync' "$work/trace" | grep -v unfinished | tail -1)
holds sync-error/synced-after-the-last-write 'fdatasync' "$last"

timeout 60 strace -f -p "$node_pid" -e trace=fdatasync,fsync -e inject=fdatasync,fsync:error=EIO -P "$node_dir/two/t-$lost/00000000000000000000.log" -o "$work/trace" 2> "$work/strace" &
tracer=$!
for _ in $(seq 50); do grep -q attached "$work/strace" && break; sleep 0.1; done
same sync-error/nothing-is-acknowledged 0 "$(delivered "$(produce "$lost" 21 40)")"
same sync-error/one-attempt 1 "$(grep -c 'INJECTED' "$work/trace")"
holds sync-error/goes-offline "two goes offline" "$(cat "$node_dir/node.out")"
same sync-error/other-directory 20 "$(delivered "$(produce "$kept" 1 20)")"
kill -INT "$tracer"; wait "$tracer" 2> /dev/null
kill -0 "$node_pid" 2> /dev/null && ok sync-error/node-lives || fail sync-error/node-lives "$(tail -3 "$node_dir/node.out")"

# Started again, everything that was acknowledged is there.
node_kill
node_run || { fail sync-error/start-again "$(tail -3 "$node_dir/node.out")"; finish; }
timeout 20 kcat -b "$bootstrap" -C -q -e -t t -p "$lost" -o beginning | head -20 > "$work/got"
same sync-error/acknowledged-kept "$(seq 1 20 | md5sum)" "$(md5sum < "$work/got")"
node_stop

# The last directory: the process ends with an error.
node_dir=$work/single
mkdir -p "$node_dir"
node_configure "$node_dir/one" 1 durability=fsync auto.create.topics.enable=true
node_run || { fail sync-error/single "$(tail -3 "$node_dir/node.out")"; finish; }
kcat -b "$bootstrap" -L -t t > /dev/null 2>&1
sleep 1
timeout 60 strace -f -p "$node_pid" -e trace=fdatasync,fsync -e inject=fdatasync,fsync:error=EIO -P "$node_dir/one/t-0/00000000000000000000.log" -o "$work/trace" 2> "$work/strace" &
tracer=$!
for _ in $(seq 50); do grep -q attached "$work/strace" && break; sleep 0.1; done
same sync-error/last-directory/nothing-is-acknowledged 0 "$(delivered "$(produce 0 1 5)")"
for _ in $(seq 50); do kill -0 "$node_pid" 2> /dev/null || break; sleep 0.1; done
if kill -0 "$node_pid" 2> /dev/null; then fail sync-error/last-directory/process-ends "it goes on"; else ok sync-error/last-directory/process-ends; node_pid=; fi
wait "$tracer" 2> /dev/null
finish
