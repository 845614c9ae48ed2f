#!/usr/bin/env bash
# franz-go and raw frames, sarama and kafka-go: the programs of ../shared/peers/go.
source "$(dirname "$0")/lib.sh"
programs=$peers/go/bin
need go "$programs/gokafka" "$programs/gosarama" "$programs/gosegment"
node_known go

node_start

# named CLIENT NAME...: the names that FINDINGS.md does not leave out, as one regular expression.
named() {
  local client=$1 out; shift
  out=$(left_out "$client")
  printf '%s\n' "$@" | grep -vE "${out:-^$}" | paste -sd'|' | sed 's/.*/^(&)$/'
}

# ends PREFIX OUT ERR STATUS: relays a walk and checks that it came to its end.
ends() {
  relay "$1" < "$2"
  grep -qE '^[0-9]+ passed' "$2" || fail "$1/ends" "exit $4 without its last line: $(tail -2 "$3")"
}

skipped=$(left_out go)
timeout 420 "$programs/gokafka" -b "$bootstrap" -j 4 ${skipped:+-skip "$skipped"} produce consume idempotent txn groups groups848 offsets admin raw pipeline malformed > "$work/out" 2> "$work/err"
ends go "$work/out" "$work/err" $?

sarama=(sync-producer-{none,gzip,snappy,lz4,zstd} protocol-version-{2.1.0,2.8.0,3.6.0,4.0.0,4.3.1} async-producer-acks-{0,1,all} idempotent-producer big-message consumer-offsets
  group-{range,roundrobin,sticky} group-static transactions transaction-offsets transaction-fencing admin-{topics,records-and-offsets,groups,acls,scram-and-quotas,log-dirs})
timeout 240 "$programs/gosarama" -b "$bootstrap" -run "$(named sarama "${sarama[@]}")" > "$work/out" 2> "$work/err"
ends go/sarama "$work/out" "$work/err" $?

segment=(write-read-{none,gzip,snappy,lz4,zstd} acks-{none,one,all} seek low-level-conn group admin transaction-requests)
timeout 120 "$programs/gosegment" -b "$bootstrap" -run "$(named segment "${segment[@]}")" > "$work/out" 2> "$work/err"
ends go/segment "$work/out" "$work/err" $?
[ -z "$skipped" ] || skip go/left-out "what FINDINGS.md lists"

topic_load=$("$programs/gokafka" load -b "$bootstrap" --topics 2 --partitions 3 --connections 4 --record-size 100 --seconds 5 --acks all 2>&1) && ok go/load || fail go/load "$topic_load"
finish
