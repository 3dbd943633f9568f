"""Sends many requests of all shapes through Envoy, one of ten with something broken in it: nothing crashes, grows, or gets through."""

import argparse
import gzip
import json
import pathlib
import random
import socket
import sys
import threading
import time

from gateway import Gateway
from model import LABEL, key
from server import Server
from words import STREAMS, stream

POLICY = {"boundary": [{"id": "keys", "class": "secret", "decision": "redact"}]}
CLIENTS = 4
#: Kilobytes that Envoy may grow after the first tenth: what its own allocator keeps of many connections.
MOST = 24 << 10
WORDS = ["deploy", "the", "service", "to", "staging", "and", "tell", "me", "\u00e9t\u00e9", "see https://wiki/x"]


def say(rng):
    """Words, with a key among them now and then."""
    words = rng.choices(WORDS, k=rng.randint(1, 60))
    if rng.random() < 0.4:
        words.insert(rng.randrange(len(words) + 1), key())
    return " ".join(words)


def documents(rng):
    """A request's path, its type and its body."""
    a, b = say(rng), say(rng)
    part = f'--x\r\ncontent-disposition: form-data; name="f"; filename="f.txt"\r\n\r\n{a}\r\n{b}\r\n--x--\r\n'
    return rng.choice([
        ("/v1/chat/completions", "application/json", json.dumps({"messages": [{"role": "system", "content": a}, {"role": "user", "content": b}]})),
        ("/v1/messages", "application/json", json.dumps({"system": a, "messages": [{"role": "user", "content": [{"type": "text", "text": b}]}]})),
        ("/v1/responses", "application/json", json.dumps({"instructions": a, "input": b}, ensure_ascii=False)),
        ("/v1beta/models/m:generateContent", "application/json", json.dumps({"contents": [{"role": "user", "parts": [{"text": f"{a} {b}"}]}]})),
        ("/mcp", "application/json", json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "f", "arguments": {"a": a}}})),
        ("/upload", "application/x-ndjson", f"{json.dumps({'a': a})}\n{json.dumps({'b': b})}\n"),
        ("/upload", "text/plain", f"{a}\n{b}\n"),
        ("/upload", "text/event-stream", f"data: {a}\n\nevent: more\ndata: {b}\n\n"),
        ("/upload", "application/x-www-form-urlencoded", f"a={a}&b={b}".replace(" ", "+")),
        ("/upload", "multipart/form-data; boundary=x", part),
    ])


def answers(rng, path):
    """The type and the body of a response to a request to this path."""
    text = say(rng)
    if path in STREAMS and rng.random() < 0.5:
        size = rng.randint(1, 30)
        pieces = [text[at:at + size] for at in range(0, len(text), size)]
        return "text/event-stream", b"".join(stream(path, pieces)).decode(), text
    if path == "/upload":
        return "text/plain", text, None
    return "application/json", json.dumps({"content": [{"type": "text", "text": text}]}), None


def spoken(path, stream):
    """The text of a stream's deltas."""
    data = [json.loads(line[6:]) for line in stream.split("\n") if line.startswith("data: ") and line != "data: [DONE]"]
    if path == "/v1/chat/completions":
        return "".join(event["choices"][0]["delta"].get("content") or "" for event in data)
    if path == "/v1/messages":
        return "".join(event["delta"]["text"] for event in data if event["type"] == "content_block_delta")
    return "".join(event["delta"] for event in data if event["type"] == "response.output_text.delta")


class Case:
    """A request and its response, and what has to arrive of them."""

    def __init__(self, number):
        rng = self.rng = random.Random(number)
        self.number = number
        self.path, self.type, request = documents(rng)
        self.answer_type, answer, self.text = answers(rng, self.path)
        self.wanted = [request.replace(key(), LABEL).encode(), answer.replace(key(), LABEL).encode()]
        self.request, self.answer, self.headers = request.encode(), answer.encode(), {}
        self.cut, self.answer_cut, self.seen, self.broken = None, False, None, rng.random() < 0.1
        if self.broken:
            self.spoil(rng)
        elif rng.random() < 0.1:
            self.request, self.headers = gzip.compress(self.request), {"content-encoding": "gzip"}

    def spoil(self, rng):
        """Breaks something."""
        whole = self.request
        match rng.randrange(9):
            case 0: self.request = whole[:rng.randrange(len(whole))]
            case 1: self.cut = rng.randrange(1, len(whole))
            case 2: self.answer_cut = True
            case 3: self.type = rng.choice(["image/png", "text/event-stream", "application/json", "x"])
            case 4: self.headers = {"content-encoding": rng.choice(["gzip", "br", "zstd", "deflate"])}
            case 5: self.request = b"\xff\xc3\x28\x00" + whole
            case 6: self.request = b'{"a":' * rng.choice([100, 2000]) + whole
            case 7: self.answer_type = rng.choice(["image/png", "text/event-stream", "application/json", "x"])
            case _: self.request, self.headers = gzip.compress(whole)[:-9], {"content-encoding": "gzip"}

    def pieces(self, body):
        """The body in chunks."""
        while body:
            size = self.rng.choice([1, 7, 50, 400, 5000])
            yield body[:size]
            body = body[size:]

    def wrong(self, status, answer):
        """What is wrong with what came through, if something is."""
        if any(key().encode() in (seen or b"") for seen in (self.seen, answer)):
            return "the key came through"
        if self.broken:
            return None
        if status != 200 or self.seen != self.wanted[0]:
            return f"status {status}, and the upstream saw {self.seen!r} instead of {self.wanted[0]!r}"
        if self.text is not None:
            said, wanted = spoken(self.path, answer.decode()), self.text.replace(key(), LABEL)
            return None if said == wanted else f"the stream says {said!r} instead of {wanted!r}"
        # A text that was changed is written anew, and may need fewer escapes.
        redacted = self.answer_type == "application/json" and LABEL.encode() in answer
        good = json.loads(answer) == json.loads(self.wanted[1]) if redacted else answer == self.wanted[1]
        return None if good else f"the client saw {answer!r} instead of {self.wanted[1]!r}"


class Soak:
    """Clients and the upstream, in one process, so that both ends of a request meet."""

    def __init__(self, count):
        self.count, self.next, self.lock = count, 0, threading.Lock()
        self.cases, self.faults, self.broken, self.refused = {}, [], 0, 0
        self.upstream = Server(self.serve)

    def serve(self, request):
        """What the upstream answers."""
        case = self.cases[int(request.headers["x-case"])]
        case.seen = request.body
        self.upstream.requests.clear()
        yield 200, {"content-type": case.answer_type}
        for number, piece in enumerate(case.pieces(case.answer)):
            if case.answer_cut and number:
                raise OSError("reset")
            yield piece

    def take(self):
        """The next case."""
        with self.lock:
            if self.next == self.count:
                return None
            case = self.cases[self.next] = Case(self.next)
            self.next += 1
            return case

    def client(self, port):
        """Sends cases until there are none."""
        connection = None
        while case := self.take():
            status, answer = 0, b""
            try:
                connection = connection or socket.create_connection(("127.0.0.1", port), timeout=30)
                status, answer, lives = exchange(connection, case)
            except (OSError, ValueError):
                lives = False
            if not lives:
                connection = connection and connection.close()
            wrong = case.wrong(status, answer)
            with self.lock:
                self.broken += case.broken
                self.refused += status >= 400
                if wrong:
                    self.faults.append(f"request {case.number}: {wrong}")
            del self.cases[case.number]

    def run(self, gateway):
        """Sends all cases; the memory after each tenth."""
        threads = [threading.Thread(target=self.client, args=(gateway.port,), daemon=True) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        memory, tenth = [], 1
        while any(thread.is_alive() for thread in threads):
            time.sleep(0.2)
            if self.next >= tenth * self.count // 10:
                memory.append(gateway.resident())
                print(f"{self.next} requests, {memory[-1]} KiB, {len(self.faults)} wrong", flush=True)
                tenth += 1
        return memory


def exchange(connection, case):
    """Sends a request: status and body of the answer, and whether the connection can be used again."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    headers = {"host": "api.example.com", "content-type": case.type, "x-case": case.number, "transfer-encoding": "chunked", **case.headers}
    head = f"POST {case.path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n"
    body = case.request if case.cut is None else case.request[:case.cut]
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in case.pieces(body))
    connection.sendall(head.encode() + chunks)
    if case.cut is not None:
        return 0, b"", False
    connection.sendall(b"0\r\n\r\n")
    with connection.makefile("rb") as reader:
        status = int(reader.readline().split()[1])
        lines = {}
        while (line := reader.readline()) not in (b"\r\n", b""):
            name, _, value = line.decode("latin-1").partition(":")
            lines[name.lower()] = value.strip()
        if "content-length" in lines:
            return status, reader.read(int(lines["content-length"])), lines.get("connection") != "close"
        answer = b""
        while size := int(reader.readline(), 16):
            answer += reader.read(size)
            reader.readline()
        reader.readline()
        return status, answer, lines.get("connection") != "close"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--module", required=True, type=pathlib.Path)
    parser.add_argument("--requests", type=int, default=100_000)
    args = parser.parse_args()
    soak = Soak(args.requests)
    with Gateway(args.module.resolve(), POLICY, soak.upstream.port) as gateway:
        machines = gateway.stats()["wasmcustom.tamis.machines"]
        started = time.monotonic()
        memory = soak.run(gateway)
        seconds, stats, said = time.monotonic() - started, gateway.stats(), gateway.said()
    grown = max(memory) - memory[0]
    print(f"{args.requests} requests in {seconds:.0f} s, {soak.broken} of them broken, {soak.refused} refused: {len(soak.faults)} wrong, "
          f"{grown} KiB more memory than after the first tenth, {sum(v for n, v in stats.items() if '.findings.' in n)} findings")
    print("\n".join(soak.faults[:5]))
    lives = stats["wasmcustom.tamis.machines"] == machines and "[critical]" not in said and key() not in said
    print("all is well" if lives and not soak.faults and grown <= MOST else "FAILED")
    sys.exit(not lives or bool(soak.faults) or grown > MOST)


if __name__ == "__main__":
    main()
