#!/usr/bin/env bash
# Apache Kafka's verifiable producer and consumer in groups of both protocols, and what kafka-transactions finds of transactions that hang.
source "$(dirname "$0")/lib.sh"
need verifiable java python3 "$peers/kafka/kafka"
node_known verifiable
node_start group.initial.rebalance.delay.ms=100
topic=$(unique verifiable)
passes verifiable/create kafka topics --bootstrap-server "$bootstrap" --create --topic "$topic" --partitions 3
sent=$(kafka verifiable-producer --bootstrap-server "$bootstrap" --topic "$topic" --max-messages 500 --acks -1 2> "$work/err")
same verifiable/producer 500 "$(grep -c '"name":"producer_send_success"' <<< "$sent")"
holds verifiable/producer/summary '"acked":500.*"sent":500|"sent":500.*"acked":500' "$(grep tool_data <<< "$sent")"

# consumers NAME OPTIONS...: one group that reads all 500 records and commits them.
consume() {
  local name=$1; shift
  kafka verifiable-consumer --bootstrap-server "$bootstrap" --topic "$topic" --group-id "$topic-$name" --max-messages 500 "$@" > "$work/$name" 2> "$work/$name.err"
}
declare -A readers
consume range & readers[range]=$!
consume sticky --assignment-strategy org.apache.kafka.clients.consumer.CooperativeStickyAssignor --group-instance-id one & readers[sticky]=$!
consume consumer --group-protocol consumer --group-remote-assignor uniform & readers[consumer]=$!
for name in range sticky consumer; do
  wait "${readers[$name]}"
  same "verifiable/consumer/$name" 0 "$?"
  same "verifiable/consumer/$name/records" 500 "$(python3 -c 'import json, sys
print(sum(event["count"] for event in map(json.loads, sys.stdin) if event["name"] == "records_consumed"))' < "$work/$name")"
  holds "verifiable/consumer/$name/committed" '"name":"offsets_committed".*"success":true|"success":true.*"name":"offsets_committed"' "$(grep offsets_committed "$work/$name")"
  same "verifiable/consumer/$name/offsets" 500 "$(kafka consumer-groups --bootstrap-server "$bootstrap" --describe --group "$topic-$name" --offsets 2> /dev/null | awk -v t="$topic" '$2 == t {sum += $4} END {print sum}')"
done
found=$(kafka transactions --bootstrap-server "$bootstrap" find-hanging --topic "$topic" 2>&1)
same verifiable/find-hanging "" "$(grep -F "$topic" <<< "$found")"
holds verifiable/find-hanging/answers 'Topic[[:space:]]+Partition[[:space:]]+ProducerId' "$found"
finish
