"""Clients (librdkafka) that write, process and read in transactions while their node dies, and the history of what they were told: check.py reads it.

    run.py BOOTSTRAP STOP_FILE HISTORY [SEED]

Two writers put values into the topic "in" in transactions, some of which they abort, and some of which they leave to a producer that takes their transactional id. Two groups, one of each
protocol, copy "in" to "out-classic" and "out-consumer" exactly once; a third only reads and commits. When STOP_FILE appears the writers stop, the groups read to the end, and all of it is read.

librdkafka 2.16 may not return from send_offsets_to_transaction, whatever timeout it was given, when the connection ends while it asks for the group's coordinator: it does not ask again.
A copier that hangs is replaced by another of its transactional id, as an operator would do it, and must not commit any more should it come back.
"""
import faulthandler
import json
import os
import random
import sys
import threading
import time
import traceback

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

PARTITIONS = 3
DRAIN_SECONDS = 60
HANGS_SECONDS = 8
COMMON = {"reconnect.backoff.max.ms": 300, "topic.metadata.refresh.interval.ms": 2000, "socket.timeout.ms": 10000, "log_level": 0}


class Run:
    def __init__(self, bootstrap, stop_file, seed):
        self.bootstrap, self.stop_file, self.seed = bootstrap, stop_file, seed
        self.history, self.errors = [], []
        self.drained = {"classic": threading.Event(), "consumer": threading.Event(), "watch": threading.Event()}
        self.wanted = None
        self.seen = {name: set() for name in self.drained}
        self.deadline = None
        self.alive, self.replaced = {}, set()

    def add(self, **event):
        self.history.append(event)

    def writing(self):
        return not os.path.exists(self.stop_file)

    def reading(self, group):
        """Whether a member of the group has something left to do: until the group has seen all that was committed."""
        if self.wanted is not None and self.wanted <= self.seen[group]:
            self.drained[group].set()
        self.alive[threading.current_thread().name] = time.monotonic()
        return threading.current_thread().name not in self.replaced and not self.drained[group].is_set() and (self.deadline is None or time.monotonic() < self.deadline)


def persist(action, *, patience=120):
    """Calls until it succeeds or fails for good: transactional calls say themselves whether they may be called again."""
    end = time.monotonic() + patience
    while True:
        try:
            return action()
        except KafkaException as error:
            if not error.args[0].retriable() or time.monotonic() > end:
                raise
            print(f"{threading.current_thread().name}: again after {error}", file=sys.stderr)
            time.sleep(0.05)


def new_producer(run, transactional_id):
    end = time.monotonic() + 120
    while True:
        producer = Producer({**COMMON, "bootstrap.servers": run.bootstrap, "transactional.id": transactional_id, "linger.ms": 2})
        try:
            persist(lambda: producer.init_transactions(5))
            return producer
        except KafkaException as error:
            if time.monotonic() > end:
                raise
            print(f"{transactional_id}: init: {error}", file=sys.stderr)
            time.sleep(0.2)


def finish_transaction(producer, commit):
    """What became of a transaction: ok, fail, or info when nobody knows; and whether the producer is of further use."""
    try:
        if commit:
            persist(lambda: producer.commit_transaction(5))
            return "ok", True
    except KafkaException as error:
        print(f"commit: {error}", file=sys.stderr)
        if not error.args[0].txn_requires_abort():
            return "info", False
    try:
        persist(lambda: producer.abort_transaction(5))
        return "fail", True
    except KafkaException as error:
        print(f"abort: {error}", file=sys.stderr)
        return "fail", False


def write(run, name):
    rng, number, producer = random.Random(f"{run.seed}/{name}"), 0, new_producer(run, name)
    while run.writing():
        writes = []
        usable = True
        try:
            producer.begin_transaction()
            for _ in range(rng.randint(1, 6)):
                write_one = ["in", rng.randrange(PARTITIONS), f"{name}:{number}", None]
                number += 1
                writes.append(write_one)

                def delivered(error, message, into=write_one):
                    into[3] = None if error else message.offset()
                producer.produce("in", write_one[2].encode(), partition=write_one[1], on_delivery=delivered)
            producer.poll(0)
            if rng.random() < 0.04:
                producer.flush(10)
                replaced, producer = producer, new_producer(run, name)
                outcome = "fail"
                try:
                    replaced.commit_transaction(10)
                    outcome = "ok"
                except KafkaException as error:
                    print(f"{name}: as it should, the replaced producer failed: {error}", file=sys.stderr)
                run.add(op="zombie", who=name, outcome=outcome, writes=writes)
                continue
            outcome, usable = finish_transaction(producer, rng.random() > 0.15)
        except KafkaException as error:
            print(f"{name}: {error}", file=sys.stderr)
            outcome, usable = finish_transaction(producer, False) if error.args[0].txn_requires_abort() else ("fail", False)
        run.add(op="txn", who=name, outcome=outcome, writes=writes)
        if not usable:
            producer = new_producer(run, name)
        time.sleep(rng.random() * 0.03)


def new_consumer(run, name, group, protocol, commits):
    settings = {**COMMON, "bootstrap.servers": run.bootstrap, "group.id": group, "auto.offset.reset": "earliest", "enable.auto.commit": False,
                "isolation.level": "read_committed", "fetch.wait.max.ms": 100, "max.poll.interval.ms": 8000, "group.protocol": protocol, "client.id": name}
    if protocol == "classic":
        settings |= {"session.timeout.ms": 6000, "heartbeat.interval.ms": 500, "partition.assignment.strategy": "cooperative-sticky" if commits else "range"}

    def moved(_, partitions):
        run.add(op="moved", who=name, partitions=[[p.topic, p.partition] for p in partitions])
    consumer = Consumer(settings)
    consumer.subscribe(["in"], on_assign=moved, on_revoke=moved, on_lost=moved)
    return consumer


def take(run, consumer, name, group):
    """The next records, noted as polled."""
    messages = []
    try:
        messages = [message for message in consumer.consume(200, 0.2) if not message.error()]
    except KafkaException as error:
        print(f"{name}: {error}", file=sys.stderr)
    if messages:
        run.add(op="poll", who=name, group=group, records=[[m.topic(), m.partition(), m.offset(), m.value().decode()] for m in messages])
    return messages


def process(run, name, protocol, transactional_id):
    """Copies what the group reads, exactly once: outputs and offsets are committed together."""
    producer, consumer = new_producer(run, transactional_id), new_consumer(run, name, protocol, protocol, False)
    while run.reading(protocol):
        messages = take(run, consumer, name, protocol)
        if not messages:
            continue
        first, last = {}, {}
        for message in messages:
            first.setdefault(message.partition(), message.offset())
            last[message.partition()] = message.offset() + 1
        try:
            producer.begin_transaction()
            for m in messages:
                producer.produce(f"out-{protocol}", f"{m.partition()}/{m.offset()}/{m.value().decode()}".encode(), partition=m.partition())
            offsets = [TopicPartition("in", partition, offset) for partition, offset in last.items()]
            persist(lambda: producer.send_offsets_to_transaction(offsets, consumer.consumer_group_metadata(), 5))
            outcome, usable = finish_transaction(producer, True)
        except KafkaException as error:
            print(f"{name}: {error}", file=sys.stderr)
            outcome, usable = finish_transaction(producer, False) if error.args[0].txn_requires_abort() else ("info", False)
        if outcome == "ok":
            run.seen[protocol].update(message.value().decode() for message in messages)
        elif outcome == "fail" and usable:
            rewind(run, consumer, name, first)
        else:
            # The next producer ends what this one left before the next consumer asks where to go on.
            if name in run.replaced:
                break
            producer = new_producer(run, transactional_id)
            consumer.close()
            consumer = new_consumer(run, name, protocol, protocol, False)
    consumer.close()


def rewind(run, consumer, name, first):
    held = {p.partition for p in consumer.assignment()}
    for partition, offset in first.items():
        if partition in held:
            run.add(op="moved", who=name, partitions=[["in", partition]])
            try:
                consumer.seek(TopicPartition("in", partition, offset))
            except KafkaException as error:
                print(f"{name}: seek: {error}", file=sys.stderr)


def watch(run, name):
    consumer = new_consumer(run, name, "watch", "classic", True)
    uncommitted = set()
    while run.reading("watch"):
        uncommitted.update(message.value().decode() for message in take(run, consumer, name, "watch"))
        if uncommitted:
            try:
                consumer.commit(asynchronous=False)
            except KafkaException as error:
                print(f"{name}: commit: {error}", file=sys.stderr)
                if error.args[0].code() != KafkaError._NO_OFFSET:
                    continue
            run.seen["watch"].update(uncommitted)
            uncommitted.clear()
    consumer.close()


def read_all(run, topic):
    """All that is committed in a topic, and where its partitions end for readers of either isolation level."""
    def consumer(isolation):
        return Consumer({**COMMON, "bootstrap.servers": run.bootstrap, "group.id": "nobody", "enable.auto.commit": False, "isolation.level": isolation, "enable.partition.eof": True})
    records, ends, reader, other = [], {}, consumer("read_committed"), consumer("read_uncommitted")
    for partition in range(PARTITIONS):
        where = TopicPartition(topic, partition)
        end = time.monotonic() + 15
        while True:
            ends[str(partition)] = [reader.get_watermark_offsets(where, 10)[1], other.get_watermark_offsets(where, 10)[1]]
            if ends[str(partition)][0] == ends[str(partition)][1] or time.monotonic() > end:
                break
            time.sleep(0.1)
    reader.assign([TopicPartition(topic, partition, 0) for partition in range(PARTITIONS)])
    left, end = set(range(PARTITIONS)), time.monotonic() + 60
    while left and time.monotonic() < end:
        for message in reader.consume(500, 0.5):
            if message.error() and message.error().code() == KafkaError._PARTITION_EOF:
                left.discard(message.partition())
            elif not message.error():
                records.append([message.partition(), message.offset(), message.value().decode()])
    if left:
        run.errors.append(f"{topic} could not be read to its end: partitions {left}")
    run.add(op="final", topic=topic, records=records, ends=ends)
    reader.close()
    other.close()
    return records


def offsets_of(run, group, topic, output):
    asker = Consumer({**COMMON, "bootstrap.servers": run.bootstrap, "group.id": group})
    committed = asker.committed([TopicPartition(topic, partition) for partition in range(PARTITIONS)], 20)
    run.add(op="group", group=group, topic=topic, offsets={str(p.partition): p.offset for p in committed}, output=output)
    asker.close()


def replace_hanging(run, copiers):
    time.sleep(0.1)
    for transactional_id, thread in copiers.items():
        if thread.is_alive() and time.monotonic() - run.alive.setdefault(thread.name, time.monotonic()) > HANGS_SECONDS:
            run.replaced.add(thread.name)
            name, generation = thread.name.rsplit(".", 1)
            print(f"{thread.name} hangs and is replaced", file=sys.stderr)
            copiers[transactional_id] = guarded(run, process, f"{name}.{int(generation) + 1}", transactional_id.rsplit("-", 1)[0], transactional_id)


def guarded(run, target, *args):
    def body():
        try:
            target(run, *args)
        except BaseException:
            run.errors.append(f"{args[0]}: {traceback.format_exc()}")
    thread = threading.Thread(target=body, name=args[0], daemon=True)
    thread.start()
    return thread


def main():
    bootstrap, stop_file, history_file, seed = sys.argv[1], sys.argv[2], sys.argv[3], (sys.argv[4:] or ["1"])[0]
    run = Run(bootstrap, stop_file, seed)
    admin = AdminClient({"bootstrap.servers": bootstrap})
    for future in admin.create_topics([NewTopic(name, PARTITIONS, 1) for name in ("in", "out-classic", "out-consumer")]).values():
        future.result(30)
    writers = [guarded(run, write, f"writer-{i}") for i in range(2)]
    copiers = {f"{protocol}-{i}": guarded(run, process, f"{protocol}-{i}.0", protocol, f"{protocol}-{i}") for protocol in ("classic", "consumer") for i in range(2)}
    readers = [guarded(run, watch, f"watch-{i}") for i in range(2)]
    while run.writing():
        replace_hanging(run, copiers)
    # Whatever hangs is shown with where it is.
    faulthandler.dump_traceback_later(DRAIN_SECONDS + 60, exit=True)
    for writer in writers:
        writer.join()
    run.deadline = time.monotonic() + DRAIN_SECONDS
    try:
        # A producer of the same id ends what the last one left.
        for i in range(2):
            new_producer(run, f"writer-{i}")
        run.wanted = {value for _, _, value in read_all(run, "in")}
        while time.monotonic() < run.deadline and any(thread.is_alive() for thread in [*readers, *copiers.values()]):
            replace_hanging(run, copiers)
        if any(thread.is_alive() for thread in [*readers, *copiers.values()]):
            faulthandler.dump_traceback()
            run.errors.append(f"they do not end: {[thread.name for thread in [*readers, *copiers.values()] if thread.is_alive()]}")
        for group, event in run.drained.items():
            if not event.is_set():
                run.errors.append(f"group {group} has not read to the end within {DRAIN_SECONDS} s: {len(run.wanted - run.seen[group])} of {len(run.wanted)} records left")
        for protocol in ("classic", "consumer"):
            read_all(run, f"out-{protocol}")
            offsets_of(run, protocol, "in", f"out-{protocol}")
        offsets_of(run, "watch", "in", None)
    except BaseException:
        run.errors.append(traceback.format_exc())
    with open(history_file, "w", encoding="utf-8") as out:
        for event in run.history:
            out.write(json.dumps(event) + "\n")
    for error in run.errors:
        print(f"ERROR {error}", file=sys.stderr)
    sys.stderr.flush()
    # Not by the ordinary end: a client that does not close must not hold it up.
    os._exit(1 if run.errors else 0)


if __name__ == "__main__":
    main()
