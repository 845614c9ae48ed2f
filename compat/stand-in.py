"""Stands between gokafka and a node that has no coordinators yet, and answers what its set-up asks of them.

stand-in.py LISTEN-PORT NODE-PORT: relays every byte of 127.0.0.1:LISTEN-PORT to 127.0.0.1:NODE-PORT and back, which advertises LISTEN-PORT as its own. For franz-go it adds to the answer of
ApiVersions: FindCoordinator 1, OffsetCommit 2 and InitProducerId up to 1; those it answers itself (InitProducerId only with a transactional id). Raw frames see the node as it is.
Ends when its standard input does. It goes when the node has coordinators.
"""

import asyncio
import struct
import sys

API_VERSIONS, FIND_COORDINATOR, OFFSET_COMMIT, INIT_PRODUCER_ID = 18, 10, 8, 22
ADDED = {FIND_COORDINATOR: (1, 1), OFFSET_COMMIT: (2, 2), INIT_PRODUCER_ID: (0, 1)}
FRAME_BYTES_MAX = 100 << 20
LISTEN, NODE = int(sys.argv[1]), int(sys.argv[2])


def read_varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 127) << shift
        shift += 7
        at += 1
        if not data[at - 1] & 128:
            return value, at


def varint(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def read_string(data, at):
    (length,) = struct.unpack_from(">h", data, at)
    return (None, at + 2) if length < 0 else (data[at + 2 : at + 2 + length], at + 2 + length)


def string(text):
    return struct.pack(">h", len(text)) + text


def with_added(answer):
    """An ApiVersions answer of version 3 or later that offers the added ones too."""
    count, at = read_varint(answer, 6)
    keys = {}
    for _ in range(count - 1):
        key, lowest, highest = struct.unpack_from(">hhh", answer, at)
        _, at = read_varint(answer, at + 6)
        keys[key] = (lowest, highest)
    keys.update(ADDED)
    entries = b"".join(struct.pack(">hhh", key, *keys[key]) + b"\0" for key in sorted(keys))
    return answer[:6] + varint(len(keys) + 1) + entries + answer[at:]


def own_answer(frame):
    """The answer to a request that the node does not serve; None for all others."""
    key, version, correlation = struct.unpack_from(">hhi", frame)
    _, at = read_string(frame, 8)
    head = struct.pack(">i", correlation)
    if (key, version) == (FIND_COORDINATOR, 1):
        return head + struct.pack(">ihhi", 0, 0, -1, 1) + string(b"127.0.0.1") + struct.pack(">i", LISTEN)
    if key == INIT_PRODUCER_ID and version <= 1 and read_string(frame, at)[0] is not None:
        return head + struct.pack(">ihqh", 0, 0, 987654, 0)
    if (key, version) == (OFFSET_COMMIT, 2):
        _, at = read_string(frame, at)
        _, at = read_string(frame, at + 4)
        return head + committed(frame, at + 8)
    return None


def committed(frame, at):
    (topics,) = struct.unpack_from(">i", frame, at)
    at += 4
    out = struct.pack(">i", topics)
    for _ in range(topics):
        name, at = read_string(frame, at)
        (partitions,) = struct.unpack_from(">i", frame, at)
        at += 4
        out += string(name) + struct.pack(">i", partitions)
        for _ in range(partitions):
            (index,) = struct.unpack_from(">i", frame, at)
            _, at = read_string(frame, at + 12)
            out += struct.pack(">ih", index, 0)
    return out


async def requests(client, to_client, to_node, patched):
    while True:
        size = await client.readexactly(4)
        (length,) = struct.unpack(">i", size)
        if not 10 <= length <= FRAME_BYTES_MAX:
            to_node.write(size)  # the rest is for the node to judge
            while more := await client.read(65536):
                to_node.write(more)
            return
        try:
            frame = await client.readexactly(length)
        except asyncio.IncompleteReadError as cut:
            to_node.write(size + cut.partial)
            return
        try:
            answer = own_answer(frame)
        except (struct.error, IndexError):
            answer = None
        if answer is not None:
            to_client.write(struct.pack(">i", len(answer)) + answer)
            continue
        key, version, correlation = struct.unpack_from(">hhi", frame)
        if key == API_VERSIONS and version >= 3 and b"\x04kgo" in frame:
            patched.add(correlation)
        to_node.write(size + frame)
        await to_node.drain()


async def answers(node, to_client, patched):
    while True:
        (length,) = struct.unpack(">i", await node.readexactly(4))
        frame = await node.readexactly(length)
        (correlation,) = struct.unpack_from(">i", frame)
        if correlation in patched:
            patched.discard(correlation)
            frame = with_added(frame)
        to_client.write(struct.pack(">i", len(frame)) + frame)
        await to_client.drain()


async def until_end(relay, to):
    try:
        await relay
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    try:
        to.write_eof()
    except (OSError, RuntimeError):
        pass


async def serve(client, to_client):
    try:
        node, to_node = await asyncio.open_connection("127.0.0.1", NODE)
    except OSError:
        to_client.close()
        return
    patched = set()
    await asyncio.gather(until_end(requests(client, to_client, to_node, patched), to_node), until_end(answers(node, to_client, patched), to_client))
    to_client.close()
    to_node.close()


async def main():
    await asyncio.start_server(serve, "127.0.0.1", LISTEN)
    print("ready", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
