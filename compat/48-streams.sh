#!/usr/bin/env bash
# long: a Streams application that is restarted under load
# Kafka Streams with exactly_once_v2: a word count whose instances are closed and begun anew under load while the node is killed; each count is there exactly once.
# MOLDAU_COMPAT_SECONDS=300 compat/run 48-streams goes on for five minutes.
source "$(dirname "$0")/lib.sh"
need streams java javac "$peers/kafka/lib/4.3.1"
needs_own_node streams
seconds=${MOLDAU_COMPAT_SECONDS:-10}
java_compile 4.3.1 WordCount || skip_all streams "javac: $(tail -3 "$work/javac" | tr '\n' ' ')"
node_start group.initial.rebalance.delay.ms=100 offsets.topic.num.partitions=5 transaction.state.log.num.partitions=5
timeout $((seconds + 150)) "${java_run[@]}" WordCount "$bootstrap" "$work/state" "$seconds" > "$work/out" 2> "$work/err" &
application=$!
began=$SECONDS
while [ $((SECONDS - began)) -lt "$seconds" ]; do
  sleep 4
  node_kill
  node_run || { kill "$application"; fail streams/restart "$(tail -2 "$node_dir/node.out")"; finish; }
done
wait "$application"
status=$?
relay streams < "$work/out"
grep -q 'exactly-once' "$work/out" || fail streams/ends "exit $status: $(tail -5 "$work/err")"
tail -1 "$work/err" >&2
finish
