#!/usr/bin/env bash
# long: a node is killed again and again while a history is written
# A history checker in the manner of Jepsen's Kafka workload: transactional writers, groups of both protocols that copy exactly once, and readers (librdkafka) over a node that is killed with
# kill -9 and restarted every few seconds. history/check.py says what a history must not show, and shows on doctored histories that it sees each of it.
# MOLDAU_COMPAT_SECONDS=300 compat/run 85-history goes on for five minutes; MOLDAU_COMPAT_SEED chooses what the clients do; with MOLDAU_COMPAT_KEEP=1 the history stays.
source "$(dirname "$0")/lib.sh"
need history python3 "$peers/python/venv"
needs_own_node history
seconds=${MOLDAU_COMPAT_SECONDS:-14}
seed=${MOLDAU_COMPAT_SEED:-$RANDOM}
python3 "$compat/history/check.py" --self-test > "$work/self-test"
relay history/finds < "$work/self-test"

environment=$(python_environment) || skip_all history "no virtual environment of ../shared/peers/python"
node_start group.initial.rebalance.delay.ms=100 offsets.topic.num.partitions=5 transaction.state.log.num.partitions=5 log.segment.bytes=1048576 group.consumer.heartbeat.interval.ms=1000 \
  group.consumer.min.heartbeat.interval.ms=500 group.consumer.session.timeout.ms=45000
timeout $((seconds + 240)) "$environment/bin/python" "$compat/history/run.py" "$bootstrap" "$work/stop" "$work/history" "$seed" 2> "$work/clients" &
clients=$!
kills=0
found="no history"
began=$SECONDS
while [ $((SECONDS - began)) -lt "$seconds" ]; do
  sleep "2.$((RANDOM % 10))"
  node_kill
  kills=$((kills + 1))
  node_run || { kill "$clients"; fail history/restart "the start after kill $kills: $(tail -2 "$node_dir/node.out")"; finish; }
done
touch "$work/stop"
wait "$clients"
same "history/clients-come-to-the-end" 0 "$?"
grep -h '^ERROR ' "$work/clients"
if [ -s "$work/history" ]; then found=$(python3 "$compat/history/check.py" "$work/history"); else false; fi
if [ $? -eq 0 ]; then ok history/checked
else
  echo "$found"
  kept=$(mktemp -d "${TMPDIR:-/tmp}/moldau-history.XXXXXX")
  cp -r "$work/"{history,clients} "$node_dir" "$kept/" 2> /dev/null
  fail history/checked "seed $seed, $kills kills: $(head -2 <<< "$found"); history, what the clients said and the node's directory are in $kept"
fi
echo "seed $seed, $kills kills in $((SECONDS - began)) s; ${found##*$'\n'}" >&2
finish
