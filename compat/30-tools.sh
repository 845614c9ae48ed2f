#!/usr/bin/env bash
# Apache Kafka's own administration tools: topics, configs, offsets, deletion of records, log directories, cluster, features, quorum, API versions.
source "$(dirname "$0")/lib.sh"
need tools java "$peers/kafka/kafka"
node_known tools
node_start
tool() { local name=$1; shift; kafka "$name" --bootstrap-server "$bootstrap" "$@" 2>&1; }

topic=$(unique tools)
holds tools/topics/create "Created topic $topic" "$(tool topics --create --topic "$topic" --partitions 3 --replication-factor 1 --config retention.ms=86400000)"
holds tools/topics/create-again "already exists" "$(tool topics --create --topic "$topic" --partitions 3 --replication-factor 1)"
passes tools/topics/alter kafka topics --bootstrap-server "$bootstrap" --alter --topic "$topic" --partitions 5
described=$(tool topics --describe --topic "$topic")
holds tools/topics/describe "PartitionCount: 5.*ReplicationFactor: 1.*retention.ms=86400000" "$described"
same tools/topics/describe-partitions 5 "$(grep -cE 'Partition: [0-4]\s+Leader: [0-9]+\s+Replicas: [0-9]+\s+Isr: [0-9]+' <<< "$described")"

holds tools/configs/alter "Completed updating config for topic $topic" \
  "$(tool configs --alter --entity-type topics --entity-name "$topic" --add-config max.message.bytes=2000000,cleanup.policy=delete --delete-config retention.ms)"
described=$(tool configs --describe --entity-type topics --entity-name "$topic")
holds tools/configs/describe 'max.message.bytes=2000000 sensitive=false synonyms=\{DYNAMIC_TOPIC_CONFIG:max.message.bytes=2000000, DEFAULT_CONFIG:message.max.bytes=1048588\}' "$described"
same tools/configs/delete 0 "$(grep -c retention.ms <<< "$described")"
holds tools/configs/refuse-a-bad-value "Invalid value|InvalidConfigurationException" "$(tool configs --alter --entity-type topics --entity-name "$topic" --add-config cleanup.policy=burn)"
broker=$(tool configs --describe --entity-type brokers --entity-name 1 --all)
holds tools/configs/broker 'log.retention.hours=168 ' "$broker"
passes tools/configs/alter-broker kafka configs --bootstrap-server "$bootstrap" --alter --entity-type brokers --entity-default --add-config log.cleaner.threads=2

seq 1 100 > "$work/numbers"
passes tools/produce kafka console-producer --bootstrap-server "$bootstrap" --topic "$topic" --batch-size 1 < "$work/numbers"
same tools/get-offsets 100 "$(tool get-offsets --topic "$topic" --time latest | awk -F: '{sum += $3} END {print sum}')"
same tools/get-offsets/earliest 0 "$(tool get-offsets --topic "$topic" --time earliest | awk -F: '{sum += $3} END {print sum}')"
one=$(tool get-offsets --topic "$topic" --time latest | awk -F: '$3 > 1 {print $2; exit}')
printf '{"partitions": [{"topic": "%s", "partition": %s, "offset": 2}], "version": 1}' "$topic" "$one" > "$work/delete.json"
holds tools/delete-records 'low_watermark: 2' "$(tool delete-records --offset-json-file "$work/delete.json")"
same tools/delete-records/start "$topic:$one:2" "$(tool get-offsets --topic-partitions "$topic:$one" --time earliest)"

for time in max-timestamp earliest-local latest-tiered 0; do
  passes "tools/get-offsets/$time" kafka get-offsets --bootstrap-server "$bootstrap" --topic "$topic" --time "$time"
done
same tools/get-offsets/earliest-local "$topic:$one:2" "$(tool get-offsets --topic-partitions "$topic:$one" --time earliest-local)"
holds tools/leader-election "Valid replica already elected for partitions $topic-0" "$(tool leader-election --election-type preferred --topic "$topic" --partition 0)"
printf '{"version": 1, "partitions": [{"topic": "%s", "partition": 0, "replicas": [1]}]}' "$topic" > "$work/move.json"
holds tools/reassign-partitions/execute "Successfully started partition reassignment for $topic-0" "$(tool reassign-partitions --reassignment-json-file "$work/move.json" --execute)"
holds tools/reassign-partitions/verify "Reassignment of partition $topic-0 is completed" "$(tool reassign-partitions --reassignment-json-file "$work/move.json" --verify)"
holds tools/reassign-partitions/list 'No partition reassignments found' "$(tool reassign-partitions --list)"

small=$(unique small)
tool topics --create --topic "$small" > "$work/out"
tool configs --alter --entity-type brokers --entity-default --add-config message.max.bytes=500 > "$work/out"
head -c 3000 /dev/urandom | base64 -w0 > "$work/big"
holds tools/configs/takes-effect RecordTooLargeException "$(kafka console-producer --bootstrap-server "$bootstrap" --topic "$small" < "$work/big" 2>&1)"

holds tools/log-dirs "\"partition\":\"$topic-0\"" "$(tool log-dirs --describe --topic-list "$topic")"
holds tools/cluster/id 'Cluster ID: [A-Za-z0-9_-]{22}' "$(kafka cluster cluster-id --bootstrap-server "$bootstrap" 2>&1)"
holds tools/cluster/endpoints "127.0.0.1 +${bootstrap##*:}" "$(kafka cluster list-endpoints --bootstrap-server "$bootstrap" 2>&1)"
holds tools/features 'Feature: metadata.version.*FinalizedVersionLevel: (4\.[0-9]|UNKNOWN 3[0-9])' "$(tool features describe)"
holds tools/metadata-quorum/status 'LeaderId: +1' "$(tool metadata-quorum describe --status)"
holds tools/metadata-quorum/replication '^1.*Leader' "$(tool metadata-quorum describe --replication)"
holds tools/broker-api-versions "^127.0.0.1:${bootstrap##*:} .*-> \(" "$(tool broker-api-versions)"

passes tools/topics/delete kafka topics --bootstrap-server "$bootstrap" --delete --topic "$topic"
same tools/topics/list-after-delete 0 "$(tool topics --list | grep -cx "$topic")"
if [ -n "$node_dir" ]; then
  kept=$(unique kept)
  tool topics --create --topic "$kept" --partitions 1 > "$work/out"
  kafka console-producer --bootstrap-server "$bootstrap" --topic "$kept" --compression-codec lz4 < "$work/numbers" 2> "$work/err"
  node_stop || fail tools/stop "the node did not stop"
  data=$node_dir/data
  holds tools/dump-log/records '^\| offset: 99 .*payload: 100$' "$(kafka dump-log --files "$data/$kept-0/00000000000000000000.log" --print-data-log 2>&1)"
  for kind in index timeindex; do
    passes "tools/dump-log/$kind" kafka dump-log --files "$data/$kept-0/00000000000000000000.$kind" --index-sanity-check
  done
  holds tools/dump-log/metadata "TOPIC_RECORD.*\"name\":\"$kept\"" \
    "$(kafka dump-log --cluster-metadata-decoder --files "$data/__cluster_metadata-0/00000000000000000000.log" 2>&1)"
fi
finish
