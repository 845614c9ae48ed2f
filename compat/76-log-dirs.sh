#!/usr/bin/env bash
# long: replicas move between directories and Apache Kafka opens them
# Several log directories: Apache Kafka's tools describe them and move replicas between them; a node of ours and Apache Kafka take turns on what is left of a move.
source "$(dirname "$0")/lib.sh"
need log-dirs kcat java python3 "$peers/kafka/kafka"
needs_own_node log-dirs

node_dir=$work/node
mkdir -p "$node_dir"
d0=$node_dir/d0
d1=$node_dir/d1
node_configure "$d0,$d1" 1 log.segment.bytes=1048576 auto.create.topics.enable=false log.segment.delete.delay.ms=1000 log.retention.check.interval.ms=1000
if [ "$node_kind" = kafka ]; then KAFKA_VERSION=4.4.0 kafka storage format -t 5L6g3nShT-eMCtK--X86sw -c "$node_dir/server.properties" > /dev/null 2>&1; fi
node_run || { fail log-dirs/start "$(tail -3 "$node_dir/node.out")"; finish; }

kafka topics --bootstrap-server "$bootstrap" --create --topic spread --partitions 6 --replication-factor 1 > /dev/null 2>&1
kafka topics --bootstrap-server "$bootstrap" --create --topic moved --partitions 1 --replication-factor 1 > /dev/null 2>&1
count() { ls -d "$1"/spread-* 2> /dev/null | wc -l; }
same log-dirs/new-partitions-go-to-the-directory-with-the-fewest "3 3" "$(count "$d0") $(count "$d1")"

# described PARTITION FIELD: of DescribeLogDirs, "directory isFuture" lines.
described() {
  kafka log-dirs --bootstrap-server "$bootstrap" --describe --topic-list "$1" 2> /dev/null | grep '^{' | python3 -c '
import json, sys
for broker in json.load(sys.stdin)["brokers"]:
    for directory in broker["logDirs"]:
        for partition in directory["partitions"]:
            print(directory["logDir"].rsplit("/", 1)[1], partition["partition"], partition["isFuture"], partition["offsetLag"] > 0, directory["error"])'
}
seq 1 60000 | sed 's/.*/key&:value & of a record that is long enough for segments to roll, padded with what it takes/' | timeout 60 kcat -b "$bootstrap" -P -t moved -p 0 -K: -X batch.num.messages=500
from=$(basename "$(dirname "$(ls -d "$d0/moved-0" "$d1/moved-0" 2> /dev/null)")")
[ "$from" = d0 ] && to=d1 || to=d0
holds log-dirs/described "^$from moved-0 False False None" "$(described moved)"

# A throttled move goes on while records come, is seen as a future replica, and outlives a kill.
cat > "$work/move.json" <<JSON
{"version":1,"partitions":[{"topic":"moved","partition":0,"replicas":[1],"log_dirs":["$node_dir/$to"]}]}
JSON
out=$(kafka reassign-partitions --bootstrap-server "$bootstrap" --reassignment-json-file "$work/move.json" --execute --replica-alter-log-dirs-throttle 100000 2>&1)
holds log-dirs/reassign-partitions/started "Successfully started moving log directory to" "$out"
for _ in $(seq 60); do ls -d "$node_dir/$to"/moved-0.*-future > /dev/null 2>&1 && break; sleep 0.2; done
passes log-dirs/future-directory test -d "$(ls -d "$node_dir/$to"/moved-0.*-future)"
holds log-dirs/future-described "^$to moved-0 True True None" "$(described moved)"
holds log-dirs/verify/in-progress "still in progress" "$(kafka reassign-partitions --bootstrap-server "$bootstrap" --reassignment-json-file "$work/move.json" --verify --preserve-throttles 2>&1)"
seq 60001 70000 | sed 's/.*/key&:value &/' | timeout 60 kcat -b "$bootstrap" -P -t moved -p 0 -K:
node_kill
node_run || fail log-dirs/kill-in-move "$(tail -3 "$node_dir/node.out")"
holds log-dirs/goes-on-after-a-kill "^$to moved-0 True True None" "$(described moved)"
kafka configs --bootstrap-server "$bootstrap" --alter --entity-type brokers --entity-name 1 --delete-config replica.alter.log.dirs.io.max.bytes.per.second > /dev/null 2>&1
for _ in $(seq 150); do [ -d "$node_dir/$to/moved-0" ] && break; sleep 0.2; done
passes log-dirs/moved test -d "$node_dir/$to/moved-0"
holds log-dirs/verify/completed "Reassignment of replica moved-0-1 is completed|Reassignment of replica moved-0-1 completed successfully" \
  "$(kafka reassign-partitions --bootstrap-server "$bootstrap" --reassignment-json-file "$work/move.json" --verify 2>&1)"
same log-dirs/records-moved "70000" "$(timeout 60 kcat -b "$bootstrap" -C -q -e -o beginning -t moved -f '%k\n' | sort -u | wc -l)"
for _ in $(seq 50); do ls -d "$node_dir/$from"/moved-0* > /dev/null 2>&1 || break; sleep 0.2; done
same log-dirs/old-directory-gone "" "$(ls -d "$node_dir/$from"/moved-0* 2> /dev/null)"
holds log-dirs/described-after "^$to moved-0 False False None" "$(described moved)"

# What the metadata says of directories is what is on the disk: Apache Kafka starts on it and finds every log where it looks.
passes log-dirs/stop node_stop
kept_kind=$node_kind
node_kind=kafka
if node_run; then
  same log-dirs/kafka-reads-it "70000" "$(timeout 60 kcat -b "$bootstrap" -C -q -e -o beginning -t moved -f '%k\n' | sort -u | wc -l)"
  holds log-dirs/kafka-describes-it "^$to moved-0 False False None" "$(described moved)"
  node_stop
else fail log-dirs/kafka-reads-it "$(tail -3 "$node_dir/node.out")"; fi
node_kind=$kept_kind
finish
