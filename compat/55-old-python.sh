#!/usr/bin/env bash
# kafka-python 2.0.2, Debian's python3-kafka: an old client with old versions of the protocol, in a classic group.
source "$(dirname "$0")/lib.sh"
python=/usr/bin/python3
"$python" -c 'import kafka' 2> /dev/null || skip_all old-python "python3-kafka is not installed"
node_known old-python
node_start group.initial.rebalance.delay.ms=100 num.partitions=2
cat > "$work/walk.py" <<'PY'
import sys
import threading
import time

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer

bootstrap = sys.argv[1]
topic = f"old-{time.time_ns()}"


class Member(threading.Thread):
    """A consumer in a thread of its own, as its poll waits for the others of its group."""

    def __init__(self):
        super().__init__(daemon=True)
        self.got, self.stopping, self.assigned = [], False, set()
        self.start()

    def run(self):
        consumer = KafkaConsumer(topic, bootstrap_servers=bootstrap, group_id=topic, auto_offset_reset="earliest", enable_auto_commit=False, heartbeat_interval_ms=300)
        while not self.stopping:
            for records in consumer.poll(200).values():
                self.got += [record.value for record in records]
                consumer.commit()
            self.assigned = consumer.assignment()
        consumer.close()

    def stop(self):
        self.stopping = True
        self.join(20)


def check(name, expected, got):
    print(f"ok {name}" if expected == got else f"FAIL {name}: expected {expected}, got {got}", flush=True)


def until(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)


producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all", compression_type="gzip")
values = [b"%03d" % number for number in range(100)]
for value in values:
    producer.send(topic, value, key=value).get(20)
first = Member()
until(lambda: len(first.got) >= 100)
check("one-member", values, sorted(first.got))
second = Member()
until(lambda: len(first.assigned) == 1 and len(second.assigned) == 1)
check("two-members", [1, 1], [len(first.assigned), len(second.assigned)])
first.got, second.got = [], []
for value in values:
    producer.send(topic, value, key=value).get(20)
until(lambda: len(first.got) + len(second.got) >= 100)
check("two-members/records", values, sorted(first.got + second.got))
admin = KafkaAdminClient(bootstrap_servers=bootstrap)
group = admin.describe_consumer_groups([topic])[0]
check("describe", ["Stable", 2], [group.state, len(group.members)])
check("list", True, (topic, "consumer") in admin.list_consumer_groups())
second.stop()
first.stop()
check("offsets", 200, sum(offset.offset for offset in admin.list_consumer_group_offsets(topic).values()))
again = Member()
until(lambda: len(again.assigned) == 2)
time.sleep(1)
check("goes-on", [], again.got)
again.stop()
print("end")
PY
timeout 120 "$python" "$work/walk.py" "$bootstrap" > "$work/out" 2> "$work/err"
status=$?
relay old-python < "$work/out"
grep -qx end "$work/out" || fail old-python/ends "exit $status: $(tail -3 "$work/err")"
finish
