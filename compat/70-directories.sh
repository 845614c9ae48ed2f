#!/usr/bin/env bash
# Data directories in both directions: ours read by Apache Kafka and its tools, Apache Kafka's (../shared/golden/dirs) opened by ours.
source "$(dirname "$0")/lib.sh"
need directories kcat java python3 "$peers/kafka/kafka" "$peers/java/kafka-check-dir" "$golden/dirs/plain.json"
needs_own_node directories
consume() { timeout 30 kcat -b "$bootstrap" -C -q -e -o beginning -t "$1" -f '%p %o %T %k=%s %h\n' | sort -n -k1,1 -k2,2; }

# What a client sees of our directory, before and after Apache Kafka had it.
node_start log.segment.bytes=1048576 metadata.log.max.record.bytes.between.snapshots=1000
topics=()
for codec in none gzip snappy lz4 zstd; do
  topic=dir-$codec
  topics+=("$topic")
  [ $codec = none ] && count=30000 || count=3000
  seq 1 $count | sed 's/.*/key&:value & of a record that is long enough for segments to roll, padded with what it takes/' | timeout 30 kcat -b "$bootstrap" -P -t "$topic" -p 0 -K: -H "codec=$codec" -X compression.codec=$codec -X batch.num.messages=100
done
kafka configs --bootstrap-server "$bootstrap" --alter --entity-type topics --entity-name dir-none --add-config retention.ms=172800000 > /dev/null 2>&1
for topic in "${topics[@]}"; do consume "$topic"; done > "$work/ours"
same directories/records 42000 "$(wc -l < "$work/ours")"
passes directories/clean-stop node_stop
cp -r "$node_dir/data" "$work/copy"

partition=$node_dir/data/dir-none-0
mapfile -t logs < <(ls "$partition"/*.log "$node_dir"/data/dir-zstd-0/*.log)
passes directories/segments-rolled test "${#logs[@]}" -gt 3
dumped=$(kafka dump-log --deep-iteration --print-data-log --files "$(IFS=,; echo "${logs[*]}")" 2>&1)
same directories/dump-log/records 33000 "$(grep -c '^| offset:' <<< "$dumped")"
mapfile -t indexes < <(ls "$partition"/*.index "$partition"/*.timeindex)
dumped=$(kafka dump-log --files "$(IFS=,; echo "${indexes[*]}")" 2>&1)
if grep -qiE 'mismatch|exception|found' <<< "$dumped"; then fail directories/dump-log/indexes "$(grep -iE 'mismatch|exception|found' <<< "$dumped" | head -3)"; else ok directories/dump-log/indexes; fi
snapshot=$(ls "$node_dir"/data/__cluster_metadata-0/*.checkpoint 2> /dev/null | sort | tail -1)
if [ -z "$snapshot" ]; then fail directories/metadata-shell "no metadata snapshot in __cluster_metadata-0"
else
  holds directories/metadata-shell 'byId|byName' "$(kafka metadata-shell --snapshot "$snapshot" ls /image/topics 2>&1)"
fi

passes directories/kafka-check-dir check_dir "$work/copy" --out "$work/seen.json"
kept_kind=$node_kind
node_kind=kafka
if node_run; then
  for topic in "${topics[@]}"; do consume "$topic"; done > "$work/theirs"
  if cmp -s "$work/ours" "$work/theirs"; then ok directories/kafka-reads-ours; else fail directories/kafka-reads-ours "$(diff "$work/ours" "$work/theirs" | head -3)"; fi
  echo 'key:by the other' | timeout 30 kcat -b "$bootstrap" -P -t dir-none -p 0 -K:
  node_stop
else fail directories/kafka-reads-ours "it did not start: $(tail -2 "$node_dir/node.out")"; fi
node_kind=$kept_kind
if node_run; then
  for topic in "${topics[@]}"; do consume "$topic"; done > "$work/again"
  same directories/back-again "key=by the other" "$(diff "$work/ours" "$work/again" | sed -n 's/^> 0 30000 [0-9]* \(.*[^ ]\) *$/\1/p')"
  node_stop
else fail directories/back-again "ours did not start on it: $(tail -2 "$node_dir/node.out")"; fi

# Directories of Apache Kafka, as a client sees them of our node. MOLDAU_COMPAT_DIRS names others than these.
left=$(left_out dirs)
[ -z "$left" ] || skip directories/golden/left-out "the sections that FINDINGS.md lists"
for name in ${MOLDAU_COMPAT_DIRS:-plain codecs timestamps idempotent leader-epochs many-topics deleted-records groups internal-compacted transactions transactions-v0 transactions-prepared metadata retention compacted compact-delete unclean unclean-torn unclean-corrupt \
  unclean-index unclean-checkpoints from-4.3.1 from-4.3.1-upgraded offline-broker jbod jbod-future share-groups clean-static clean-standalone clean-initial clean-release-4.3 clean-by-4.3.1}; do
  node_dir=$work/golden-$name
  mkdir -p "$node_dir"
  tar xzf "$golden/dirs/$name.tar.gz" -C "$node_dir"
  mapfile -t start < <(python3 - "$golden/dirs/$name.json" "$left" "$node_dir" <<'PY'
import json, sys
golden = json.load(open(sys.argv[1]))
if sys.argv[2]:
    golden.setdefault("ignore", []).append(sys.argv[2])
json.dump(golden, open(sys.argv[3] + "/expected.json", "w"))
start = golden["start"]
print(",".join(sys.argv[3] + "/" + directory for directory in start["log.dirs"]))
print(start["node.id"])
print("quorum=" + start["quorum"])
for key, value in start["config"].items():
    # Without the sections that need an authorizer it would be refused.
    if not (sys.argv[2] and key == "authorizer.class.name"):
        print(f"{key}={value}")
PY
  )
  node_configure "${start[@]}"
  if ! node_run; then fail "directories/golden/$name" "the node did not start: $(tail -2 "$node_dir/node.out")"; node_kill; continue; fi
  dumped=$(archived dump-all timeout 120 "$peers/java/kafka-dump-all" "$bootstrap" "$node_dir/expected.json" 2>&1) && ok "directories/golden/$name" || fail "directories/golden/$name" "$(grep -vi '^note' <<< "$dumped" | head -4)"
  node_stop || { fail "directories/golden/$name/stop" "it did not stop within a minute"; node_kill; }
done
finish
