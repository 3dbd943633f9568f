"""A model that is played: it streams what it is told to say, in the words of each API."""

import json

from server import Server


def key():
    """A token with a right checksum, in no file in one piece."""
    return "ghp_x7Qm2VtR9pLk4WnZ8sYd" + "3FbH6jCgTa2JF1fs"


LABEL = "[REDACTED:github.pat-classic]"
#: What the model says, unless asked for something else.
SAYS = ["The key is ", key(), ", keep it."]


def events(items, pause=0.0):
    for name, data in items:
        head = f"event: {name}\n" if name else ""
        yield (head + f"data: {data if isinstance(data, str) else json.dumps(data)}\n\n").encode()
        yield pause


def chat(words):
    base = {"id": "c-1", "object": "chat.completion.chunk", "created": 1, "model": "m-1"}
    for word in words:
        yield None, {**base, "choices": [{"index": 0, "delta": {"role": "assistant", "content": word}, "finish_reason": None}]}
    yield None, {**base, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    yield None, "[DONE]"


def messages(words):
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": "m-1", "content": [], "stop_reason": None,
               "stop_sequence": None, "usage": {"input_tokens": 1, "output_tokens": 1}}
    yield "message_start", {"type": "message_start", "message": message}
    yield "content_block_start", {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
    for word in words:
        yield "content_block_delta", {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": word}}
    yield "content_block_stop", {"type": "content_block_stop", "index": 0}
    yield "message_delta", {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None},
                            "usage": {"output_tokens": 3}}
    yield "message_stop", {"type": "message_stop"}


def responses(words):
    text = "".join(words)
    part = {"type": "output_text", "text": text, "annotations": []}
    item = {"id": "i-1", "type": "message", "role": "assistant", "status": "completed", "content": [part]}
    response = {"id": "r-1", "object": "response", "created_at": 1, "model": "m-1", "status": "completed", "output": [item],
                "parallel_tool_calls": True, "tool_choice": "auto", "tools": []}
    items = [{"type": "response.created", "response": {**response, "status": "in_progress", "output": []}},
             {"type": "response.output_item.added", "output_index": 0, "item": {**item, "status": "in_progress", "content": []}},
             {"type": "response.content_part.added", "item_id": "i-1", "output_index": 0, "content_index": 0, "part": {**part, "text": ""}}]
    place = {"item_id": "i-1", "output_index": 0, "content_index": 0}
    items += [{"type": "response.output_text.delta", **place, "delta": word, "logprobs": []} for word in words]
    items += [{"type": "response.output_text.done", **place, "text": text, "logprobs": []},
              {"type": "response.content_part.done", **place, "part": part},
              {"type": "response.output_item.done", "output_index": 0, "item": item},
              {"type": "response.completed", "response": response}]
    for number, event in enumerate(items):
        yield event["type"], {**event, "sequence_number": number}


STREAMS = {"/v1/chat/completions": chat, "/v1/messages": messages, "/v1/responses": responses}


class Model(Server):
    """`says` are the words of its answer, each an event of a stream."""

    def __init__(self):
        super().__init__(self._answer)
        self.reset()

    def reset(self):
        """As it was at the beginning."""
        self.says, self.pause = SAYS, 0.0
        self.requests.clear()
        self.broken = 0

    def _answer(self, request):
        path = request.path.split("?")[0]
        asked = json.loads(request.body) if request.headers.get("content-type") == "application/json" and request.body else {}
        if path in STREAMS and asked.get("stream"):
            yield 200, {"content-type": "text/event-stream"}
            yield from events(STREAMS[path](self.says), self.pause)
        elif path == "/v1/chat/completions":
            message = {"role": "assistant", "content": "".join(self.says)}
            body = {"id": "c-1", "object": "chat.completion", "created": 1, "model": "m-1",
                    "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
            yield from whole(json.dumps(body).encode())
        elif path == "/echo":
            yield 200, {"content-type": request.headers.get("content-type", "text/plain")}
            yield request.body or b" "
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
