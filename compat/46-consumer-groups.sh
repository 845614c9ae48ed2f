#!/usr/bin/env bash
# Consumer groups (KIP-848) with Java's consumers of 4.4 and Apache Kafka's own tools: members of both protocols in one group, that goes to the new one and back, patterns that the node
# resolves, static members, what kafka-consumer-groups tells, and the group in Apache Kafka on the same directory and back.
source "$(dirname "$0")/lib.sh"
clients=$peers/kafka/lib/4.4.0/kafka-clients-4.4.0.jar
need consumer-groups java javac "$peers/kafka/kafka" "$clients"
needs_own_node consumer-groups
groups() { kafka consumer-groups --bootstrap-server "$bootstrap" "$@" 2>&1; }

node_start group.initial.rebalance.delay.ms=100 offsets.topic.num.partitions=5 group.consumer.session.timeout.ms=60000
classpath=$clients:$(ls "$peers"/kafka/lib/common/*.jar | tr '\n' ':')
if javac -cp "$classpath" -d "$work/classes" "$compat/consumer-groups/Migration.java" 2> "$work/javac"; then
  while read -r verdict name why; do
    [ "$verdict" = ok ] && ok "consumer-groups/${name%:}" || fail "consumer-groups/${name%:}" "$why"
  done < <(timeout 400 java -cp "$work/classes:$classpath" Migration "$bootstrap" mixed 2> /dev/null | grep -E '^(ok|FAIL) ')
else fail consumer-groups "$(cat "$work/javac")"; fi

# The static member has left for a while: its session lasts, and its partitions wait for it.
described=$(groups --describe --group mixed --members --verbose)
holds consumer-groups/describe/static-away 'static .*-2 .*mig:' "$described"
holds consumer-groups/list/type 'mixed +Consumer' "$(groups --list --type --state)"
passes consumer-groups/stop node_stop
kept_kind=$node_kind
node_kind=kafka
if node_run; then
  holds consumer-groups/kafka-reads-ours 'static .*-2 .*mig:' "$(groups --describe --group mixed --members --verbose)"
  node_stop
else fail consumer-groups/kafka-reads-ours "it did not start: $(tail -2 "$node_dir/node.out")"; fi
node_kind=$kept_kind
if node_run; then
  holds consumer-groups/back-again 'static .*-2 .*mig:' "$(groups --describe --group mixed --members --verbose)"
  node_stop
else fail consumer-groups/back-again "it did not start: $(tail -2 "$node_dir/node.out")"; fi
finish
