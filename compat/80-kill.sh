#!/usr/bin/env bash
# kill -9 every few seconds under idempotent producers (acks=all) and consumers: nothing that was acknowledged is lost, nothing is there twice, order is kept, and what a consumer has seen stays.
# MOLDAU_COMPAT_SECONDS=300 compat/run 80-kill goes on for five minutes; figures are printed on standard error.
source "$(dirname "$0")/lib.sh"
need kill kcat python3
needs_own_node kill
seconds=${MOLDAU_COMPAT_SECONDS:-12}
node_start auto.create.topics.enable=true num.partitions=2 log.segment.bytes=1048576
topic=$(unique kill)
kcat -b "$bootstrap" -L -t "$topic" > /dev/null 2>&1
sleep 1

# Two producers share partition 0, one has partition 1. Their records are numbered and padded; -vvv says at which offset each was acknowledged.
producers=()
partition_of=(0 0 1)
for i in 0 1 2; do
  python3 -c "
import sys, time
end, number = time.monotonic() + $seconds, 0
try:
    while time.monotonic() < end:
        for _ in range(20):
            sys.stdout.write(f'p$i {number} {\"x\" * (number % 300)}\n')
            number += 1
        sys.stdout.flush()
        time.sleep(0.02)
finally:
    open('$work/sent-$i', 'w').write(str(number))
" | timeout $((seconds + 180)) kcat -E -b "$bootstrap" -P -t "$topic" -p "${partition_of[i]}" -vvv -X enable.idempotence=true -X queue.buffering.max.ms=2 -X reconnect.backoff.max.ms=300 \
    -X message.timeout.ms=150000 2> "$work/producer-$i" > /dev/null &
  producers+=($!)
done
consumers=()
for partition in 0 1; do
  timeout $((seconds + 180)) kcat -E -b "$bootstrap" -C -q -u -t "$topic" -p "$partition" -o beginning -X reconnect.backoff.max.ms=300 -X fetch.wait.max.ms=100 -f '%p %o %s\n' > "$work/tail-$partition" 2> /dev/null &
  consumers+=($!)
done

kills=0
began=$SECONDS
while [ $((SECONDS - began)) -lt "$seconds" ]; do
  sleep "2.$((RANDOM % 10))"
  node_kill
  kills=$((kills + 1))
  node_run || { fail kill/restart "the start after kill $kills: $(tail -2 "$node_dir/node.out")"; finish; }
done
ok kill/restarts
undelivered=0
for pid in "${producers[@]}"; do wait "$pid" || undelivered=$((undelivered + 1)); done
same kill/producers-end-well 0 "$undelivered"
for partition in 0 1; do timeout 90 kcat -b "$bootstrap" -C -q -e -t "$topic" -p "$partition" -o beginning -f '%p %o %s\n'; done > "$work/all" 2>> "$work/err"
for partition in 0 1; do
  last=$(grep "^$partition " "$work/all" | tail -1)
  for _ in $(seq 100); do [ "$(tail -1 "$work/tail-$partition")" = "$last" ] && break; sleep 0.1; done
done
kill "${consumers[@]}" 2> /dev/null
wait "${consumers[@]}" 2> /dev/null

python3 - "$work" "$kills" <<'PY' > "$work/verdict"
import re, sys
work, kills = sys.argv[1], sys.argv[2]
def check(name, errors):
    print(f"ok {name}" if not errors else f"FAIL {name}: {len(errors)} times, first: {errors[0]}")
def rows(path):
    for line in open(path):
        partition, offset, producer, number, *_ = line.rstrip("\n").split(" ")
        yield int(partition), int(offset), producer, int(number)
everything = list(rows(f"{work}/all"))
at = {(p, o): (producer, number) for p, o, producer, number in everything}
gaps, order, lost, acknowledged, missing = [], [], [], 0, []
ends = {}
for p, o, producer, number in everything:
    if o != ends.get(p, 0):
        gaps.append(f"partition {p}: offset {o} after {ends.get(p, 0) - 1}")
    ends[p] = o + 1
for i, partition in enumerate((0, 0, 1)):
    numbers = [n for _, _, producer, n in everything if producer == f"p{i}"]
    order += [f"p{i}: {n} in the place of {k}" for k, n in enumerate(numbers) if n != k][:1]
    sent = int(open(f"{work}/sent-{i}").read())
    if len(numbers) != sent:
        missing.append(f"p{i}: {len(numbers)} of {sent} are there")
    for line in open(f"{work}/producer-{i}", errors="replace"):
        if found := re.search(r"Message delivered to partition (\d+) \(offset (-?\d+)\)", line):
            acknowledged += 1
            p, o = int(found[1]), int(found[2])
            # After a lost answer librdkafka may not know the offset; that the record is there once says the count.
            if o >= 0 and at.get((p, o), ("nobody", -1))[0] != f"p{i}":
                lost.append(f"offset {o} of partition {p}, acknowledged to p{i}, holds {at.get((p, o))}")
seen, changed = 0, []
for partition in (0, 1):
    expected = 0
    for p, o, producer, number in rows(f"{work}/tail-{partition}"):
        seen += 1
        if o != expected:
            changed.append(f"partition {p}: consumed {o} after {expected - 1}")
        expected = o + 1
        if at.get((p, o)) != (producer, number):
            changed.append(f"partition {p}: {producer} {number} was consumed at {o}, which holds {at.get((p, o))}")
    if expected != ends.get(partition, 0):
        changed.append(f"partition {partition}: consumed up to {expected} of {ends.get(partition, 0)}")
check("kill/offsets-without-gaps", gaps)
check("kill/acknowledged-kept", lost)
check("kill/everything-delivered", missing)
check("kill/each-once-in-order", order)
check("kill/consumed-stays", changed)
check("kill/enough", [] if acknowledged > 1000 and seen > 1000 else [f"only {acknowledged} records acknowledged, {seen} consumed"])
print(f"80-kill: {kills} kills, {len(everything)} records, {acknowledged} acknowledged, {seen} consumed", file=sys.stderr)
PY
cat "$work/verdict"
failures=$((failures + $(grep -c '^FAIL' "$work/verdict")))
finish
