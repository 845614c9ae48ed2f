#!/usr/bin/env bash
# Transactions with Apache Kafka's own tools: producer-perf-test in transactions, what kafka-transactions tells, one that is left open by a killed producer, over a killed node, ended by an
# administrator and by the next producer of its id.
source "$(dirname "$0")/lib.sh"
need transactions java kcat "$peers/kafka/kafka"
needs_own_node transactions
transactions() { kafka transactions --bootstrap-server "$bootstrap" "$@" 2>&1; }
committed() { timeout 30 kcat -b "$bootstrap" -C -q -e -o beginning -t "$1" -p 0 -X isolation.level=read_committed | wc -l; }
state() { transactions describe --transactional-id "$1" | tail -1; }
# leave_open ID TOPIC: a producer that is killed in the midst of its transaction.
leave_open() {
  "$peers/kafka/kafka" producer-perf-test --bootstrap-server "$bootstrap" --topic "$2" --num-records 1000000 --record-size 100 --throughput 100 --transactional-id "$1" \
    --transaction-duration-ms 600000 --producer-props transaction.timeout.ms=900000 > "$work/left-open" 2>&1 &
  local producer=$!
  for _ in $(seq 60); do
    [ "$(timeout 30 kcat -b "$bootstrap" -C -q -e -o beginning -t "$2" -p 0 2> /dev/null | wc -l)" -gt 0 ] && break
    sleep 0.5
  done
  kill -KILL "$producer"
  wait "$producer" 2> /dev/null
}

node_start transaction.state.log.num.partitions=5
kafka topics --bootstrap-server "$bootstrap" --create --topic tx --partitions 1 > /dev/null 2>&1
kafka topics --bootstrap-server "$bootstrap" --create --topic open --partitions 1 > /dev/null 2>&1
kafka topics --bootstrap-server "$bootstrap" --create --topic hangs --partitions 1 > /dev/null 2>&1

holds transactions/perf-test '^5000 records sent' "$(kafka producer-perf-test --bootstrap-server "$bootstrap" --topic tx --num-records 5000 --record-size 100 --throughput -1 \
  --transactional-id perf --transaction-duration-ms 50 2>&1)"
same transactions/committed 5000 "$(committed tx)"
holds transactions/list 'perf.*CompleteCommit' "$(transactions list)"
holds transactions/describe 'perf.*CompleteCommit' "$(state perf)"

leave_open lost open
holds transactions/open 'lost.*Ongoing.*open-0' "$(state lost)"
same transactions/open/not-seen 0 "$(committed open)"
passes transactions/kill node_kill
passes transactions/start node_run
holds transactions/open/after-kill 'lost.*Ongoing.*open-0' "$(state lost)"
same transactions/open/after-kill/not-seen 0 "$(committed open)"
holds transactions/describe-producers '^[0-9]' "$(transactions describe-producers --topic open --partition 0)"
holds transactions/fenced '^100 records sent' "$(kafka producer-perf-test --bootstrap-server "$bootstrap" --topic open --num-records 100 --record-size 100 --throughput -1 \
  --transactional-id lost --transaction-duration-ms 50 2>&1)"
same transactions/fenced/aborted 100 "$(committed open)"

leave_open hanging hangs
start=$(transactions describe-producers --topic hangs --partition 0 | awk '$NF ~ /^[0-9]+$/ {print $NF}' | tail -1)
passes transactions/abort kafka transactions --bootstrap-server "$bootstrap" abort --topic hangs --partition 0 --start-offset "$start"
seq 1 7 | timeout 30 kcat -b "$bootstrap" -P -t hangs -p 0
same transactions/abort/committed 7 "$(committed hangs)"
passes transactions/stop node_stop
finish
