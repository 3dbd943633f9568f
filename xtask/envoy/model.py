"""A model that is played: it streams what it is told to say, in the words of each API."""

import json

from server import Server
from words import DOCUMENTS, STREAMS, stream


def key():
    """A token with a right checksum, in no file in one piece."""
    return "ghp_x7Qm2VtR9pLk4WnZ8sYd" + "3FbH6jCgTa2JF1fs"


LABEL = "[REDACTED:github.pat-classic]"
#: What the model says, unless asked for something else.
SAYS = ["The key is ", key(), ", keep it."]


class Model(Server):
    """`says` are the words of its answer, each an event of a stream; `calls` is a tool with its arguments."""

    def __init__(self):
        super().__init__(self._answer)
        self.reset()

    def reset(self):
        """As it was at the beginning."""
        self.says, self.calls, self.pause = SAYS, None, 0.0
        self.requests.clear()
        self.broken = 0

    def _answer(self, request):
        path = request.path.split("?")[0]
        try:
            asked = json.loads(request.body)
        except (ValueError, RecursionError):
            asked = {}
        if path in STREAMS and (asked.get("stream") or "stream" in path.lower()):
            yield 200, {"content-type": STREAMS[path][0]}
            for piece in stream(path, self.says, self.calls):
                yield piece
                yield self.pause
        elif path in DOCUMENTS:
            yield from whole(json.dumps(DOCUMENTS[path]("".join(self.says))).encode())
        elif path == "/echo":
            yield 200, {"content-type": request.headers.get("content-type", "text/plain")}
            yield request.body or b" "
        elif path == "/fails":
            yield 500, {"content-type": "application/json"}
            yield json.dumps({"error": {"message": f"no model for {key()}"}}).encode()
        elif path == "/resets":
            yield 200, {"content-type": request.headers["content-type"]}
            yield f"data: before\n\ndata: {key()[:30]}".encode()
            yield 0.2
            raise OSError("reset")
        elif path == "/packed":
            yield 200, {"content-type": "application/json", "content-encoding": "zstd"}
            yield b"no frame of zstd"
        elif path == "/broken":
            yield 200, {"content-type": "application/json", "content-encoding": "gzip"}
            yield b"no gzip, but long enough to be no header of it either"
        else:
            yield from whole(b"{}")


def whole(body):
    yield 200, {"content-type": "application/json", "content-length": str(len(body))}
    yield body
