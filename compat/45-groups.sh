#!/usr/bin/env bash
# Classic groups with Apache Kafka's own tools and kcat: console consumers that share a group, what kafka-consumer-groups and kafka-groups tell and change, what is left after a kill, and a
# directory with groups in both directions.
source "$(dirname "$0")/lib.sh"
need groups java kcat "$peers/kafka/kafka"
needs_own_node groups
groups() { kafka consumer-groups --bootstrap-server "$bootstrap" "$@" 2>&1; }
offset() { groups --describe --group "$1" | awk -v t="$2" -v p="$3" '$2 == t && $3 == p {print $4}'; }
reset() { groups --reset-offsets --group shared --execute "$@" > "$work/reset" || true; }

node_start group.initial.rebalance.delay.ms=100 offsets.topic.num.partitions=5
kafka topics --bootstrap-server "$bootstrap" --create --topic in --partitions 2 > /dev/null 2>&1
for partition in 0 1; do seq 1 10 | timeout 30 kcat -b "$bootstrap" -P -t in -p $partition; done

same groups/kcat 20 "$(timeout 60 kcat -b "$bootstrap" -G by-kcat -X auto.offset.reset=earliest -c 20 in 2> /dev/null | wc -l)"
same groups/kcat/goes-on "" "$(timeout 15 kcat -b "$bootstrap" -G by-kcat -X auto.offset.reset=earliest -e in 2> /dev/null)"

for member in 1 2; do
  timeout 90 "$peers/kafka/kafka" console-consumer --bootstrap-server "$bootstrap" --topic in --group shared --from-beginning --timeout-ms 25000 \
    --consumer-property group.instance.id=member-$member --consumer-property session.timeout.ms=6000 --consumer-property heartbeat.interval.ms=1000 > "$work/member-$member" 2> /dev/null &
  members[member]=$!
done
for _ in $(seq 20); do
  described=$(groups --describe --group shared --state)
  grep -qE 'Stable +2' <<< "$described" && break
done
holds groups/two-members 'Stable +2' "$described"
listed=$(groups --describe --group shared --members --verbose)
holds groups/two-members/static 'member-1 .*in[:(]' "$listed"
holds groups/two-members/static 'member-2 .*in[:(]' "$listed"
holds groups/reset-while-in-use 'inactive|not empty|Stable' "$(groups --reset-offsets --group shared --topic in --to-earliest --execute)"
wait "${members[@]}"
passes groups/two-members/records test "$(cat "$work"/member-[12] | grep -cE '^[0-9]+$')" -ge 20
# Static members do not leave when they close: they are gone when their sessions have ended.
for _ in $(seq 60); do
  described=$(groups --describe --group shared --state)
  grep -qE 'Empty +0' <<< "$described" && break
done
holds groups/sessions-end 'Empty +0' "$described"
same groups/committed "10 10" "$(offset shared in 0) $(offset shared in 1)"

reset --topic in --to-earliest;                 same groups/reset/earliest 0 "$(offset shared in 0)"
reset --topic in:1 --shift-by 3;                same groups/reset/shift 3 "$(offset shared in 1)"
reset --topic in:0 --to-offset 7;               same groups/reset/offset 7 "$(offset shared in 0)"
reset --all-topics --to-latest;                 same groups/reset/latest 10 "$(offset shared in 1)"
reset --topic in --to-datetime 2020-01-01T00:00:00.000; same groups/reset/datetime 0 "$(offset shared in 0)"
reset --topic in --by-duration P1D;             same groups/reset/duration 0 "$(offset shared in 1)"
reset --topic in --to-current;                  same groups/reset/current 0 "$(offset shared in 1)"
printf 'in,0,4\nin,1,5\n' > "$work/plan"
reset --from-file "$work/plan";                 same groups/reset/file "4 5" "$(offset shared in 0) $(offset shared in 1)"
holds groups/delete-offsets 'in +0 +Successful' "$(groups --delete-offsets --group shared --topic in:0)"
same groups/delete-offsets/gone 5 "$(offset shared in 0)$(offset shared in 1 | tr -d -)"
holds groups/list 'by-kcat' "$(groups --list)"
holds groups/list/state 'shared +Empty' "$(groups --list --state empty)"
holds groups/kafka-groups 'shared +Classic' "$(kafka groups --bootstrap-server "$bootstrap" --list 2>&1)"

node_kill
node_run || fail groups/after-kill "it did not start: $(tail -2 "$node_dir/node.out")"
same groups/after-kill 5 "$(offset shared in 1)"
passes groups/stop node_stop
kept_kind=$node_kind
node_kind=kafka
if node_run; then
  same groups/kafka-reads-ours "5 10" "$(offset shared in 1) $(offset by-kcat in 0)"
  same groups/kafka-reads-ours/goes-on 5 "$(timeout 60 kcat -b "$bootstrap" -G shared -X auto.offset.reset=latest -c 5 in 2> /dev/null | wc -l)"
  node_stop
else fail groups/kafka-reads-ours "it did not start: $(tail -2 "$node_dir/node.out")"; fi
node_kind=$kept_kind
if node_run; then
  same groups/back-again 10 "$(offset shared in 1)"
  holds groups/delete 'successful' "$(groups --delete --group by-kcat)"
  same groups/delete/gone "" "$(groups --list | grep -x by-kcat)"
  node_stop
else fail groups/back-again "ours did not start on it: $(tail -2 "$node_dir/node.out")"; fi
finish
