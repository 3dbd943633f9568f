"""A small HTTP server that keeps every byte it was sent: the model and the collector are played by it."""

import socket
import threading
import time


class Request:
    """What arrived."""

    def __init__(self, head, body, chunks):
        self.line, *lines = head.decode("latin-1").split("\r\n")
        self.headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        self.path = self.line.split(" ")[1]
        self.body = body
        self.chunks = chunks


class Server:
    """Answers each request with what `answer(request)` yields: a status and headers, then pieces of a body.

    A piece that is a number is a pause in seconds. A body is chunked unless its headers say how long it is.
    """

    def __init__(self, answer):
        self.answer = answer
        self.requests = []
        self.broken = 0
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection, connection.makefile("rb") as reader:
            try:
                while (request := self._read(reader)) is not None:
                    self.requests.append(request)
                    self._write(connection, self.answer(request))
            except (OSError, ValueError):
                self.broken += 1

    @staticmethod
    def _read(reader):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = reader.readline()
            if not line:
                return None
            head += line
        request = Request(head[:-4], b"", [])
        if request.headers.get("transfer-encoding") == "chunked":
            while size := int(reader.readline(), 16):
                request.chunks.append((time.monotonic(), reader.read(size)))
                reader.readline()
            while reader.readline() not in (b"\r\n", b""):
                pass
        else:
            request.chunks.append((time.monotonic(), reader.read(int(request.headers.get("content-length", 0)))))
        request.body = b"".join(chunk for _, chunk in request.chunks)
        return request

    @staticmethod
    def _write(connection, answer):
        status, headers = next(answer)
        plain = "content-length" in headers
        if not plain:
            headers = {**headers, "transfer-encoding": "chunked"}
        lines = [f"HTTP/1.1 {status} OK", *(f"{name}: {value}" for name, value in headers.items())]
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        for piece in answer:
            if isinstance(piece, (int, float)):
                time.sleep(piece)
            elif plain:
                connection.sendall(piece)
            else:
                connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
        if not plain:
            connection.sendall(b"0\r\n\r\n")
