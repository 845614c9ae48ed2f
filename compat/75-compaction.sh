#!/usr/bin/env bash
# long: gigabytes are written and compacted
# Compaction of a running node: the last value of each key stays, a producer goes on meanwhile, memory stays bounded, and Apache Kafka opens what is left; then directories that Apache Kafka
# compacted, compacted further here. MOLDAU_COMPAT_COMPACTION_MB=2048 makes the first topic so large.
source "$(dirname "$0")/lib.sh"
need compaction kcat awk java "$peers/kafka/kafka"
needs_own_node compaction
megabytes=${MOLDAU_COMPAT_COMPACTION_MB:-96}
keys=$((megabytes * 200))
count=$((megabytes * 1000))

rss_kb() { awk '/^VmRSS/ {print $2}' "/proc/$node_pid/status"; }
peak_kb() { awk '/^VmHWM/ {print $2}' "/proc/$node_pid/status"; }

# cleaned_to TOPIC-PARTITION: up to where it is compacted.
cleaned_to() { awk -v topic="${1%-*}" -v partition="${1##*-}" '$1 == topic && $2 == partition {print $3}' "$node_dir/data/cleaner-offset-checkpoint" 2> /dev/null; }

node_start log.cleaner.backoff.ms=500 log.segment.bytes=$((megabytes * 65536)) log.segment.delete.delay.ms=1000 log.retention.check.interval.ms=1000
[ "$node_kind" = kafka ] || [ -n "$node_pid" ] || exit 1
kafka topics --bootstrap-server "$bootstrap" --create --topic large --partitions 1 --config cleanup.policy=compact --config min.cleanable.dirty.ratio=1 > /dev/null 2>&1
kafka topics --bootstrap-server "$bootstrap" --create --topic beside --partitions 1 > /dev/null 2>&1
awk -v count="$count" -v keys="$keys" 'BEGIN {pad = sprintf("%970s", ""); gsub(/ /, "x", pad); for (i = 0; i < count; i++) printf "key%d:%d %s\n", i % keys, i, pad}' |
  timeout 540 kcat -b "$bootstrap" -P -t large -p 0 -K: -X batch.num.messages=500 -X acks=1 -X queue.buffering.max.kbytes=200000
idle_kb=$(rss_kb)
produced_kb=$(du -sk "$node_dir/data/large-0" | cut -f1)
kafka configs --bootstrap-server "$bootstrap" --alter --entity-type topics --entity-name large --add-config min.cleanable.dirty.ratio=0.01,segment.ms=1000 > /dev/null 2>&1
sleep 1.1
echo "last:0" | timeout 30 kcat -b "$bootstrap" -P -t large -p 0 -K:

# One record after another beside it, each waited for; how long the slowest took.
slowest=0 sent=0
for ((tries = 0; tries < 2400; tries++)); do
  begin=$(date +%s%3N)
  echo "$tries" | timeout 30 kcat -b "$bootstrap" -P -t beside -p 0 -X acks=all && sent=$((sent + 1))
  echo "key0:again $tries" | timeout 30 kcat -b "$bootstrap" -P -t large -p 0 -K: -X acks=all
  took=$(($(date +%s%3N) - begin))
  [ "$took" -le "$slowest" ] || slowest=$took
  reached=$(cleaned_to large-0)
  [ "${reached:-0}" -lt "$count" ] || break
done
same compaction/reaches-the-end yes "$([ "${reached:-0}" -ge "$count" ] && echo yes || echo "no, only ${reached:-nothing} of $count")"
same compaction/produce-goes-on "$((tries + 1))" "$sent"
sleep 2
left_kb=$(du -sk "$node_dir/data/large-0" | cut -f1)
echo "note compaction: $produced_kb kB became $left_kb kB; memory $idle_kb kB before, $(rss_kb) kB after, $(peak_kb) kB at most; the slowest pair of records beside it took $slowest ms"
if [ "$node_kind" = moldau ]; then passes compaction/memory-bounded test "$(peak_kb)" -lt 330000; fi
timeout 120 kcat -b "$bootstrap" -C -q -e -o beginning -t large -f '%k %s\n' | awk '{last[$1] = $2 == "again" ? $2 : $2 + 0; lines++} END {print lines > "/dev/stderr"; for (key in last) print key, last[key]}' \
  2> "$work/lines" | sort > "$work/seen"
{ for ((i = 1; i < keys; i++)); do echo "key$i $((count - keys + i))"; done; echo "key0 again"; echo "last 0"; } | sort > "$work/expected"
if cmp -s "$work/expected" "$work/seen"; then ok compaction/last-values; else fail compaction/last-values "$(diff "$work/expected" "$work/seen" | head -3)"; fi
passes compaction/superseded-are-gone test "$(cat "$work/lines")" -lt $((keys * 3 / 2 + tries + 10))
holds compaction/no-key-refused 'INVALID_RECORD|invalid record|Broker failed to validate' "$(echo "no key" | timeout 30 kcat -b "$bootstrap" -P -t large -p 0 -X acks=all 2>&1)"
sed -n "s/^.*\(large-0 is compacted\)/note compaction: \1/p" "$node_dir/node.out"
passes compaction/clean-stop node_stop

if [ "$node_kind" = moldau ] && [ -e "$peers/java/kafka-check-dir" ] && command -v java > /dev/null; then
  mapfile -t logs < <(ls "$node_dir"/data/large-0/*.log)
  dumped=$(kafka dump-log --files "$(IFS=,; echo "${logs[*]}")" 2>&1)
  if grep -qiE 'mismatch|exception|not match' <<< "$dumped"; then fail compaction/dump-log "$(grep -iE 'mismatch|exception|not match' <<< "$dumped" | head -3)"; else ok compaction/dump-log; fi
  kept_kind=$node_kind
  node_kind=kafka
  if node_run; then
    timeout 120 kcat -b "$bootstrap" -C -q -e -o beginning -t large -f '%k %s\n' | awk '{last[$1] = $2 == "again" ? $2 : $2 + 0} END {for (key in last) print key, last[key]}' | sort > "$work/theirs"
    if cmp -s "$work/expected" "$work/theirs"; then ok compaction/kafka-reads-it; else fail compaction/kafka-reads-it "$(diff "$work/expected" "$work/theirs" | head -3)"; fi
    node_stop
  else fail compaction/kafka-reads-it "it did not start: $(tail -2 "$node_dir/node.out")"; fi
  node_kind=$kept_kind
else skip compaction/kafka-reads-it "java or ../shared/peers is not here"; fi

# What Apache Kafka compacted, compacted further: nothing that a reader needs goes, and Apache Kafka takes it back.
for name in ${MOLDAU_COMPAT_DIRS:-compacted compact-delete internal-compacted}; do
  [ "$node_kind" = moldau ] && [ -e "$golden/dirs/$name.tar.gz" ] && command -v java > /dev/null || { skip "compaction/golden/$name" "needs our node, java and ../shared/golden/dirs"; continue; }
  node_dir=$work/golden-$name
  mkdir -p "$node_dir"
  tar xzf "$golden/dirs/$name.tar.gz" -C "$node_dir"
  # As if nothing had been compacted yet.
  rm -f "$node_dir/data/cleaner-offset-checkpoint"
  node_configure "$node_dir/data" 1 log.cleaner.backoff.ms=200 "$(python3 -c '
import json, sys
for key, value in json.load(open(sys.argv[1]))["start"]["config"].items():
    print(f"{key}={value}")' "$golden/dirs/$name.json")"
  if ! node_run; then fail "compaction/golden/$name" "the node did not start: $(tail -2 "$node_dir/node.out")"; node_kill; continue; fi
  for ((tries = 0; tries < 150; tries++)); do grep -q 'is compacted up to' "$node_dir/node.out" && break; sleep 0.1; done
  sleep 1
  holds "compaction/golden/$name/compacted" 'is compacted up to' "$(cat "$node_dir/node.out")"
  passes "compaction/golden/$name/stop" node_stop
  passes "compaction/golden/$name/kafka-check-dir" check_dir "$node_dir/data" --out "$work/seen.json"
done
finish
