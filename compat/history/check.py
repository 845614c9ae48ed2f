"""What a history of transactional clients must not show, in the manner of Jepsen's Kafka workload.

    check.py HISTORY      prints each anomaly with what it takes to understand it; exit code 1 when there is one
    check.py --self-test  doctors a good history in each way that the checker must find; prints "ok NAME" or "FAIL NAME: why"

A history is a file of JSON lines, in the order in which they happened (run.py writes one):
    {"op": "txn", "who", "outcome": "ok" | "fail" | "info", "writes": [[topic, partition, value, offset or null]]}   info: nobody knows
    {"op": "zombie", "who", "outcome", "writes"}                   a transaction whose producer had been replaced before it committed
    {"op": "moved", "who", "partitions": [[topic, partition]]}     partitions that came, went, or were set to another offset by the client
    {"op": "poll", "who", "group", "records": [[topic, partition, offset, value]]}                                    read_committed
    {"op": "final", "topic", "records": [[partition, offset, value]], "ends": {partition: [last stable offset, high watermark]}}
    {"op": "group", "group", "topic", "offsets": {partition: committed offset}, "output": topic or null}
A group with an output copies each record of its topic there exactly once, as the value "PARTITION/OFFSET/VALUE".
"""
import collections
import copy
import json
import sys


def check(history):
    """The anomalies of a history: pairs of a name and what was seen."""
    found = []
    finals = {event["topic"]: event for event in history if event["op"] == "final"}
    at = {topic: {(partition, offset): value for partition, offset, value in event["records"]} for topic, event in finals.items()}
    values = {topic: set(known.values()) for topic, known in at.items()}
    check_transactions(history, at, values, found)
    check_order(history, finals, found)
    check_polls(history, at, values, found)
    check_groups(history, at, found)
    for topic, event in finals.items():
        for partition, (stable, end) in event["ends"].items():
            if stable != end:
                found.append(("hanging-transaction", f"{topic}-{partition}: last stable offset {stable}, high watermark {end}, and every producer has ended"))
    return found


def check_transactions(history, at, values, found):
    for event in history:
        if event["op"] not in ("txn", "zombie"):
            continue
        writes, who = event["writes"], event["who"]
        if event["op"] == "zombie" and event["outcome"] == "ok":
            found.append(("zombie-commit", f"{who} committed {writes} after another producer had taken its transactional id"))
        seen = [write for write in writes if write[2] in values[write[0]]]
        if event["outcome"] == "ok":
            for topic, partition, value, offset in writes:
                if value in values[topic]:
                    if offset is not None and at[topic].get((partition, offset)) != value:
                        found.append(("moved-write", f"{who}: {value} was acknowledged at {topic}-{partition}@{offset}, where {at[topic].get((partition, offset))!r} is"))
                else:
                    later = offset is not None and any(p == partition and o > offset for p, o in at[topic])
                    found.append(("lost-write" if later else "unseen", f"{who} committed {value} at {topic}-{partition}@{offset}; "
                                  + ("later records of the partition are there, it is not" if later else "nothing from there on is there")))
        elif event["outcome"] == "fail":
            for topic, partition, value, offset in seen:
                found.append(("aborted-read", f"{who} aborted {value} ({topic}-{partition}@{offset}), and it can be read"))
        elif seen and len(seen) < len(writes):
            found.append(("torn-transaction", f"{who}: of {writes} only {seen} can be read"))


def check_order(history, finals, found):
    for topic, event in finals.items():
        for value, count in collections.Counter(value for _, _, value in event["records"]).items():
            if count > 1:
                found.append(("duplicate", f"{topic}: {value} is there {count} times, at {[(p, o) for p, o, v in event['records'] if v == value]}"))
    place = {(topic, value): (partition, offset) for topic, event in finals.items() for partition, offset, value in event["records"]}
    last = {}
    for event in history:
        for topic, partition, value, _ in event["writes"] if event["op"] == "txn" else ():
            if (topic, value) in place:
                key, offset = (event["who"], topic, partition), place[topic, value][1]
                if offset < last.get(key, (-1, ""))[0]:
                    found.append(("reordered", f"{event['who']} wrote {value} after {last[key][1]}, and {topic}-{partition} has it before: {offset} < {last[key][0]}"))
                last[key] = (offset, value)


def check_polls(history, at, values, found):
    aborted = {(write[0], write[2]): event["who"] for event in history if event["op"] in ("txn", "zombie") and event["outcome"] == "fail" for write in event["writes"]}
    last = {}
    for event in history:
        if event["op"] == "moved":
            for topic, partition in event["partitions"]:
                last.pop((event["who"], topic, partition), None)
        for topic, partition, offset, value in event["records"] if event["op"] == "poll" else ():
            where, key = f"{event['who']}: {topic}-{partition}@{offset}", (event["who"], topic, partition)
            if (topic, value) in aborted:
                found.append(("aborted-read", f"{where} is {value}, which {aborted[topic, value]} aborted"))
            elif value not in values[topic]:
                found.append(("gone-after-read", f"{where} was {value}, and it is not there at the end"))
            elif at[topic].get((partition, offset)) != value:
                found.append(("moved-after-read", f"{where} was {value}; at the end {at[topic].get((partition, offset))!r} is there"))
            if key in last and offset <= last[key]:
                found.append(("non-monotonic-poll", f"{where} came after offset {last[key]}, without a rebalance or a seek"))
            elif key in last:
                missed = [at[topic][partition, o] for o in range(last[key] + 1, offset) if (partition, o) in at[topic]]
                if missed:
                    found.append(("poll-skip", f"{where} came after offset {last[key]}: {missed} between them was not given"))
            last[key] = offset


def check_groups(history, at, found):
    polled = collections.defaultdict(set)
    for event in history:
        if event["op"] == "poll":
            polled[event["group"]].update((topic, partition, offset) for topic, partition, offset, _ in event["records"])
    for event in history:
        if event["op"] != "group":
            continue
        group, topic = event["group"], event["topic"]
        ends = {partition: max(o for p, o in at[topic] if p == partition) + 1 for partition, _ in at[topic]}
        for partition, end in ends.items():
            if event["offsets"].get(str(partition), -1) < end:
                found.append(("offset-behind", f"{group} read to the end and committed {event['offsets'].get(str(partition))} of {topic}-{partition}, which has a record at {end - 1}"))
        for (partition, offset), value in at[topic].items():
            if (topic, partition, offset) not in polled[group]:
                found.append(("group-skip", f"{group} committed past {topic}-{partition}@{offset} ({value}), and none of its members was given it"))
        if event["output"] is None:
            continue
        copies = collections.Counter(at[event["output"]].values())
        wanted = {f"{partition}/{offset}/{value}" for (partition, offset), value in at[topic].items()}
        for value in sorted(wanted - copies.keys()):
            found.append(("processed-never", f"{group}: {value} of {topic} is not in {event['output']}"))
        for value, count in copies.items():
            if value not in wanted:
                found.append(("processed-nothing", f"{group}: {value} is in {event['output']}, and no such record is in {topic}"))
            elif count > 1:
                found.append(("processed-twice", f"{group}: {value} is {count} times in {event['output']}"))


GOOD = [
    {"op": "txn", "who": "w", "outcome": "ok", "writes": [["in", 0, "a", 0], ["in", 1, "b", 0]]},
    {"op": "txn", "who": "w", "outcome": "fail", "writes": [["in", 0, "c", 2]]},
    {"op": "zombie", "who": "w", "outcome": "fail", "writes": [["in", 0, "z", None]]},
    {"op": "txn", "who": "w", "outcome": "info", "writes": [["in", 0, "d", 4], ["in", 1, "e", 2]]},
    {"op": "txn", "who": "w", "outcome": "ok", "writes": [["in", 0, "f", 6]]},
    {"op": "moved", "who": "r", "partitions": [["in", 0], ["in", 1]]},
    {"op": "poll", "who": "r", "group": "g", "records": [["in", 0, 0, "a"], ["in", 1, 0, "b"], ["in", 0, 4, "d"]]},
    {"op": "moved", "who": "r", "partitions": [["in", 0]]},
    {"op": "poll", "who": "r", "group": "g", "records": [["in", 0, 0, "a"], ["in", 0, 4, "d"], ["in", 1, 2, "e"], ["in", 0, 6, "f"]]},
    {"op": "final", "topic": "in", "records": [[0, 0, "a"], [0, 4, "d"], [0, 6, "f"], [1, 0, "b"], [1, 2, "e"]], "ends": {"0": [8, 8], "1": [4, 4]}},
    {"op": "final", "topic": "out", "records": [[0, 0, "0/0/a"], [0, 1, "1/0/b"], [0, 2, "0/4/d"], [0, 3, "1/2/e"], [0, 4, "0/6/f"]], "ends": {"0": [6, 6]}},
    {"op": "group", "group": "g", "topic": "in", "offsets": {"0": 7, "1": 3}, "output": "out"},
]


def set_to(*path_and_value):
    *path, last, value = path_and_value

    def doctor(history):
        target = history
        for step in path:
            target = target[step]
        target[last] = value
    return doctor


DOCTORED = {
    "lost-write": lambda h: h[9]["records"].remove([0, 0, "a"]),
    "unseen": lambda h: h[9]["records"].remove([0, 6, "f"]),
    "duplicate": lambda h: h[9]["records"].append([0, 7, "f"]),
    "aborted-read": lambda h: h[8]["records"].insert(1, ["in", 0, 2, "c"]),
    "torn-transaction": lambda h: h[9]["records"].remove([1, 2, "e"]),
    "reordered": set_to(9, "records", [[0, 0, "a"], [0, 4, "f"], [0, 6, "d"], [1, 0, "b"], [1, 2, "e"]]),
    "moved-write": set_to(0, "writes", 0, 3, 1),
    "moved-after-read": set_to(8, "records", 3, 2, 7),
    "gone-after-read": lambda h: h[8]["records"].append(["in", 1, 3, "g"]),
    "non-monotonic-poll": lambda h: h.pop(7),
    "poll-skip": lambda h: h[8]["records"].pop(1),
    "group-skip": lambda h: [h[6]["records"].pop(2), h[8]["records"].pop(1)],
    "offset-behind": set_to(11, "offsets", "0", 5),
    "processed-never": lambda h: h[10]["records"].pop(),
    "processed-twice": lambda h: h[10]["records"].append([0, 5, "0/6/f"]),
    "processed-nothing": lambda h: h[10]["records"].append([0, 5, "0/2/c"]),
    "zombie-commit": set_to(2, "outcome", "ok"),
    "hanging-transaction": set_to(9, "ends", "0", [6, 8]),
}


def self_test():
    failed = check(GOOD)
    print(f"FAIL good: {failed}" if failed else "ok good")
    for name, doctor in DOCTORED.items():
        history = copy.deepcopy(GOOD)
        doctor(history)
        names = {found for found, _ in check(history)}
        print(f"ok {name}" if name in names else f"FAIL {name}: found only {sorted(names)}")
        failed = failed or name not in names
    return 1 if failed else 0


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    with open(sys.argv[1], encoding="utf-8") as lines:
        history = [json.loads(line) for line in lines]
    found = check(history)
    for name, count in collections.Counter(name for name, _ in found).items():
        print(f"{name}: {count}")
        for what in [what for other, what in found if other == name][:5]:
            print(f"  {what}")
    outcomes = collections.Counter((event["op"], event["outcome"]) for event in history if "outcome" in event)
    polled = sum(len(event["records"]) for event in history if event["op"] == "poll")
    print("transactions: " + ", ".join(f"{count} {op} {outcome}" for (op, outcome), count in sorted(outcomes.items())) + f"; {polled} records polled")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
