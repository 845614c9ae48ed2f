#!/usr/bin/env bash
# franz-go and raw frames: groups of checks of ../shared/peers/go; sarama and kafka-go need groups for what they read.
source "$(dirname "$0")/lib.sh"
program=$peers/go/bin/gokafka
need go "$program"
node_known go
node_start
skipped=$(left_out go)
timeout 420 "$program" -b "$bootstrap" -j 4 ${skipped:+-skip "$skipped"} produce consume idempotent admin raw pipeline malformed > "$work/out" 2> "$work/err"
status=$?
relay go < "$work/out"
grep -qE '^[0-9]+ passed' "$work/out" || fail go/ends "exit $status without its last line: $(tail -2 "$work/err")"
[ -z "$skipped" ] || skip go/left-out "what FINDINGS.md lists"

topic_load=$("$program" load -b "$bootstrap" --topics 2 --partitions 3 --connections 4 --record-size 100 --seconds 5 --acks all 2>&1) && ok go/load || fail go/load "$topic_load"
finish
