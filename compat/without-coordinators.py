"""Stands between kafka-dump-all and a node that has no group coordinator yet: without-coordinators.py PORT HOST:PORT.

The dump waits until a node lists its groups, whatever is compared. A node that does not offer this request closes the connection, as Apache Kafka would, so
they are answered here, with none; everything else passes through unchanged.
"""
import socket
import struct
import sys
import threading

EMPTY = {
    (16, 5): b"\0\0\0\0\0\0\1\0",  # ListGroups: throttle time, error, no groups, no tagged fields
}


def read(connection, size):
    content = b""
    while len(content) < size:
        part = connection.recv(size - len(content))
        if not part:
            raise EOFError
        content += part
    return content


def forward(source, target):
    try:
        while part := source.recv(1 << 16):
            target.sendall(part)
    except OSError:
        pass
    for end in (source, target):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def serve(client, node):
    threading.Thread(target=forward, args=(node, client), daemon=True).start()
    try:
        while True:
            size = read(client, 4)
            frame = read(client, struct.unpack(">i", size)[0])
            api_key, version, correlation = struct.unpack_from(">hhi", frame)
            if body := EMPTY.get((api_key, version)):
                client.sendall(struct.pack(">iib", len(body) + 5, correlation, 0) + body)
            else:
                node.sendall(size + frame)
    except (EOFError, OSError):
        client.close()
        node.close()


host, port = sys.argv[2].rsplit(":", 1)
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    accepted, _ = listener.accept()
    try:
        served = socket.create_connection((host, int(port)))
    except OSError:
        accepted.close()
        continue
    threading.Thread(target=serve, args=(accepted, served), daemon=True).start()
