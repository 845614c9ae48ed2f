#!/usr/bin/env bash
# long: Apache Kafka is started twice on each of many directories
# Directories of Apache Kafka (../shared/golden/dirs) that our node has used: after its clean stop and after its kill -9 Apache Kafka opens them again, with all that was there and all that we wrote.
source "$(dirname "$0")/lib.sh"
need directories-back kcat java python3 "$peers/java/kafka-check-dir" "$golden/dirs/plain.json"
needs_own_node directories-back
topic=written-by-us

# use STOP: one life of our node on the directory that node_configure described; ours is written to, and stopped as STOP says.
use() {
  node_run || return 1
  seq "$2" "$3" | timeout 30 kcat -b "$bootstrap" -P -t $topic -p 0 -X message.timeout.ms=20000 || return 1
  "$1"
}

# MOLDAU_COMPAT_DIRS names others than these.
for name in ${MOLDAU_COMPAT_DIRS:-plain share-groups transactions-prepared internal-compacted jbod-future groups unclean-torn}; do
  node_dir=$work/golden-$name
  mkdir -p "$node_dir/dirs"
  tar xzf "$golden/dirs/$name.tar.gz" -C "$node_dir/dirs"
  mapfile -t start < <(python3 - "$golden/dirs/$name.json" "$node_dir" $topic <<'PY'
import json, sys
golden = json.load(open(sys.argv[1]))
golden.setdefault("ignore", []).append(rf"^topics[./]{sys.argv[3]}")
for state in ("killed", "stopped"):
    for directory in golden.get("disk", {}).values():
        directory["cleanShutdown"] = state == "stopped"
    json.dump(golden, open(f"{sys.argv[2]}/expected-{state}.json", "w"))
start = golden["start"]
print(",".join(sys.argv[2] + "/dirs/" + directory for directory in start["log.dirs"]))
print(start["node.id"])
print("quorum=" + start["quorum"])
for key, value in start["config"].items():
    if key != "authorizer.class.name":
        print(f"{key}={value}")
PY
  )
  node_configure "${start[@]}" auto.create.topics.enable=true
  dirs=$node_dir/dirs
  [ -d "$dirs/data" ] && dirs=$dirs/data
  if ! use node_kill 1 50; then fail "directories-back/$name" "our node: $(tail -2 "$node_dir/node.out")"; node_kill; continue; fi
  rm -rf "$node_dir/killed"
  cp -r "$dirs" "$node_dir/killed"
  if ! use node_stop 51 100; then fail "directories-back/$name" "our node after a kill: $(tail -2 "$node_dir/node.out")"; node_kill; continue; fi
  for state in killed stopped; do
    [ $state = killed ] && left=$node_dir/killed || left=$dirs
    [ $state = killed ] && written=50 || written=100
    checked=$(check_dir "$left" "$node_dir/expected-$state.json" --out "$node_dir/seen.json" 2>&1) \
      && ok "directories-back/$name/$state" || fail "directories-back/$name/$state" "$(grep -v '^note' <<< "$checked" | head -4)"
    same "directories-back/$name/$state/ours" "$written" "$(python3 - "$node_dir/seen.json" $topic <<'PY'
import json, sys
seen = json.load(open(sys.argv[1]))
topics = seen.get("topics") or seen["seen"]["topics"]
print(topics[sys.argv[2]]["partitions"]["0"]["highWatermark"])
PY
    )"
  done
done
finish
