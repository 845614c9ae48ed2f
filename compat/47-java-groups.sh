#!/usr/bin/env bash
# Java consumers of both group protocols: eager, sticky, cooperative and static members, assignors and patterns that the node resolves, and groups that change their protocol while they read.
source "$(dirname "$0")/lib.sh"
need java-groups java javac "$peers/kafka/lib/4.4.0"
node_known java-groups
java_compile 4.4.0 Groups || skip_all java-groups "javac: $(tail -3 "$work/javac" | tr '\n' ' ')"
node_start group.initial.rebalance.delay.ms=300 offsets.topic.num.partitions=5 group.consumer.heartbeat.interval.ms=500 group.consumer.min.heartbeat.interval.ms=300 auto.create.topics.enable=false
timeout 200 "${java_run[@]}" Groups "$bootstrap" eager sticky cooperative static consumer consumer-range consumer-static migration pattern > "$work/out" 2> "$work/err"
status=$?
relay java-groups < "$work/out"
grep -qx end "$work/out" || fail java-groups/ends "exit $status: $(tail -3 "$work/err")"
finish
