"""Measures the plugin in Envoy against a filter that copies bodies: processor time a request, time to the first token, memory."""

import argparse
import json
import pathlib
import socket
import statistics
import threading
import time

from gateway import Gateway
from model import Model

POLICY = {"boundary": [{"id": "keys", "class": "secret", "decision": "redact"}], "gateway": {"body_limit": None}}
#: Size of a body, requests a run, and how much of the requests a second may be lost.
BODIES = [(1 << 10, 400, 0.10), (64 << 10, 100, 0.15), (1 << 20, 12, 0.25)]
#: In each round both gateways have their turn. The least of all counts: what a busy machine adds is nobody's cost.
ROUNDS = 15
SENTENCE = "Please look at the deployment of the billing service and tell me why request 4711 took 3.2 seconds, see https://wiki/x. "


class Sink:
    """Reads requests to their end, keeps nothing, and answers in a few bytes."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.received = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        tail = b""
        while data := connection.recv(1 << 20):
            self.received += len(data)
            # A chunked body ends with an empty chunk; no body of ours holds these bytes.
            tail = tail[-8:] + data[-16:]
            if tail.endswith(b"\r\n0\r\n\r\n"):
                connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-type: application/json\r\n\r\n{}")
                tail = b""


def body(size):
    words = SENTENCE * (size // len(SENTENCE) + 1)
    text = json.dumps({"model": "m-1", "messages": [{"role": "user", "content": ""}]})
    return text.replace('"content": ""', f'"content": "{words[: size - len(text)]}"').encode()


def request(path, content, chunked=False):
    length = "transfer-encoding: chunked" if chunked else f"content-length: {len(content)}"
    head = f"POST {path} HTTP/1.1\r\nhost: api.example.com\r\ncontent-type: application/json\r\n{length}\r\n\r\n"
    return head.encode() + content


def answer(connection):
    """Reads one short answer."""
    data = b""
    while b"\r\n\r\n" not in data or not data.endswith((b"{}", b"0\r\n\r\n")):
        piece = connection.recv(65536)
        assert piece, data
        data += piece
    assert data.startswith(b"HTTP/1.1 200"), data


def load(gateway, content, count):
    """Requests one after the other: requests a second, and seconds of Envoy's processor time a request."""
    message = request("/v1/chat/completions", content)
    with socket.create_connection(("127.0.0.1", gateway.port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(count // 10 + 1):
            connection.sendall(message)
            answer(connection)
        start, cpu = time.monotonic(), gateway.cpu()
        for _ in range(count):
            connection.sendall(message)
            answer(connection)
        return count / (time.monotonic() - start), (gateway.cpu() - cpu) / count


def first_token(gateway, count=200):
    """Milliseconds from the request to the first event, in the middle of many."""
    message = request("/v1/chat/completions", json.dumps({"stream": True, "messages": []}).encode())
    times = []
    for _ in range(count):
        with socket.create_connection(("127.0.0.1", gateway.port)) as connection:
            start = time.monotonic()
            connection.sendall(message)
            data = b""
            while b"data: " not in data:
                data += connection.recv(65536)
            times.append((time.monotonic() - start) * 1000)
    return statistics.median(times)


def gigabyte(gateway, sink):
    """Sends 1 GiB in one request; kilobytes of memory before, and the most while it flows."""
    piece = (SENTENCE * 600).encode()[: 64 << 10]
    frame = b"%x\r\n%s\r\n" % (len(piece), piece)
    before = most = gateway.resident()
    start, received = time.monotonic(), sink.received
    with socket.create_connection(("127.0.0.1", gateway.port)) as connection:
        connection.sendall(request("/upload", b"", chunked=True).replace(b"application/json", b"text/plain"))
        for number in range((1 << 30) // len(piece)):
            connection.sendall(frame)
            if number % 256 == 0:
                most = max(most, gateway.resident())
        connection.sendall(b"0\r\n\r\n")
        answer(connection)
    assert sink.received - received >= 1 << 30
    return before, most, time.monotonic() - start


def compare(plugin, copy):
    """What of the requests a second is lost to filtering. Whether all figures are reached."""
    reached = True
    for size, count, allowed in BODIES:
        content = body(size)
        rounds = [(load(copy, content, count), load(plugin, content, count)) for _ in range(ROUNDS)]
        rates = [max(pair[side][0] for pair in rounds) for side in (0, 1)]
        costs = [min(pair[side][1] for pair in rounds) for side in (0, 1)]
        lost = 1 - costs[0] / costs[1] if costs[1] else 0
        reached &= lost <= allowed
        print(f"{size:>8} bytes: {rates[0]:8.0f} requests/s copied, {rates[1]:8.0f} filtered; processor time {costs[0] * 1e6:7.0f} and "
              f"{costs[1] * 1e6:7.0f} µs a request, {lost:.0%} lost of {allowed:.0%}", flush=True)
    return reached


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--module", required=True, type=pathlib.Path)
    parser.add_argument("--copy", required=True, type=pathlib.Path)
    args = parser.parse_args()
    sink, model = Sink(), Model()
    started = time.monotonic()
    with Gateway(args.copy.resolve(), "", sink.port) as copy, Gateway(args.module.resolve(), POLICY, sink.port) as plugin:
        print(f"both gateways serve after {time.monotonic() - started:.1f} s")
        reached = compare(plugin, copy)
        before, most, seconds = gigabyte(plugin, sink)
        print(f"1 GiB in one request: {most - before} KiB more memory at most, {seconds:.1f} s")
    with Gateway(args.copy.resolve(), "", model.port) as copy, Gateway(args.module.resolve(), POLICY, model.port) as plugin:
        medians = [first_token(gateway) for gateway in (copy, plugin, copy, plugin)]
        grown = min(medians[1], medians[3]) - min(medians[0], medians[2])
        print(f"first token: {min(medians[0], medians[2]):.2f} ms copied, {min(medians[1], medians[3]):.2f} ms filtered, {grown:+.2f} ms")
    print("all figures are reached" if reached and grown < 1 and most - before < 16 << 10 else "not all figures are reached")


if __name__ == "__main__":
    main()
