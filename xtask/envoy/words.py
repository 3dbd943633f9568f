"""What a model says, in the words of each API: a text in pieces, and a call of a tool, streamed or whole."""

import base64
import binascii
import json
import struct


def events(items):
    """Server-sent events: pairs of a name, which may be none, and data."""
    for name, data in items:
        head = f"event: {name}\n" if name else ""
        yield (head + f"data: {data if isinstance(data, str) else json.dumps(data)}\n\n").encode()


def named(items):
    """Server-sent events, named as the type of their documents."""
    return events((item["type"], item) for item in items)


def lines(items):
    """A document a line."""
    for item in items:
        yield json.dumps(item).encode() + b"\n"


def frame(headers, payload):
    """A frame of Amazon's event stream."""
    head = b"".join(struct.pack(">B", len(name)) + name.encode() + b"\7" + struct.pack(">H", len(text)) + text.encode()
                    for name, text in headers.items())
    prelude = struct.pack(">II", len(head) + len(payload) + 16, len(head))
    frame = prelude + struct.pack(">I", binascii.crc32(prelude)) + head + payload
    return frame + struct.pack(">I", binascii.crc32(frame))


def frames(items):
    """Frames that are named and hold a document."""
    for name, item in items:
        headers = {":event-type": name, ":content-type": "application/json", ":message-type": "event"}
        yield frame(headers, json.dumps({**item, "p": "abcdefghijkl"}).encode())


def cut(call):
    """The arguments of a call, in pieces."""
    text = json.dumps(call[1])
    return [text[at:at + 7] for at in range(0, len(text), 7)]


def chat(words, call=None):
    base = {"id": "c-1", "object": "chat.completion.chunk", "created": 1, "model": "m-1"}

    def chunk(delta, reason=None):
        return None, {**base, "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}

    for word in words:
        yield chunk({"role": "assistant", "content": word})
    if call:
        yield chunk({"tool_calls": [{"index": 0, "id": "t-1", "type": "function", "function": {"name": call[0], "arguments": ""}}]})
        for piece in cut(call):
            yield chunk({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]})
    yield chunk({}, "tool_calls" if call else "stop")
    yield None, "[DONE]"


def messages(words, call=None):
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": "m-1", "content": [], "stop_reason": None,
               "stop_sequence": None, "usage": {"input_tokens": 1, "output_tokens": 1}}
    yield {"type": "message_start", "message": message}
    yield {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
    for word in words:
        yield {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": word}}
    yield {"type": "content_block_stop", "index": 0}
    if call:
        yield {"type": "content_block_start", "index": 1, "content_block": {"type": "tool_use", "id": "t-1", "name": call[0], "input": {}}}
        for piece in cut(call):
            yield {"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta", "partial_json": piece}}
        yield {"type": "content_block_stop", "index": 1}
    yield {"type": "message_delta", "delta": {"stop_reason": "tool_use" if call else "end_turn", "stop_sequence": None},
           "usage": {"output_tokens": 3}}
    yield {"type": "message_stop"}


def responses(words, call=None):
    text = "".join(words)
    part = {"type": "output_text", "text": text, "annotations": []}
    item = {"id": "i-1", "type": "message", "role": "assistant", "status": "completed", "content": [part]}
    output = [item]
    items = [{"type": "response.output_item.added", "output_index": 0, "item": {**item, "status": "in_progress", "content": []}},
             {"type": "response.content_part.added", "item_id": "i-1", "output_index": 0, "content_index": 0, "part": {**part, "text": ""}}]
    place = {"item_id": "i-1", "output_index": 0, "content_index": 0}
    items += [{"type": "response.output_text.delta", **place, "delta": word, "logprobs": []} for word in words]
    items += [{"type": "response.output_text.done", **place, "text": text, "logprobs": []},
              {"type": "response.content_part.done", **place, "part": part},
              {"type": "response.output_item.done", "output_index": 0, "item": item}]
    if call:
        made = {"id": "i-2", "type": "function_call", "call_id": "t-1", "name": call[0], "arguments": "".join(cut(call)), "status": "completed"}
        output.append(made)
        place = {"item_id": "i-2", "output_index": 1}
        items += [{"type": "response.output_item.added", "output_index": 1, "item": {**made, "status": "in_progress", "arguments": ""}}]
        items += [{"type": "response.function_call_arguments.delta", **place, "delta": piece} for piece in cut(call)]
        items += [{"type": "response.function_call_arguments.done", **place, "name": call[0], "arguments": made["arguments"]},
                  {"type": "response.output_item.done", "output_index": 1, "item": made}]
    response = {"id": "r-1", "object": "response", "created_at": 1, "model": "m-1", "status": "completed", "output": output,
                "parallel_tool_calls": True, "tool_choice": "auto", "tools": []}
    items = [{"type": "response.created", "response": {**response, "status": "in_progress", "output": []}}, *items,
             {"type": "response.completed", "response": response}]
    for number, item in enumerate(items):
        yield {**item, "sequence_number": number}


def gemini(words, call=None):
    parts = [{"text": word} for word in words] + ([{"functionCall": {"name": call[0], "args": call[1]}}] if call else [])
    for number, part in enumerate(parts):
        last = {"finishReason": "STOP"} if number + 1 == len(parts) else {}
        candidate = {"content": {"parts": [part], "role": "model"}, "index": 0, **last}
        yield None, {"candidates": [candidate], "usageMetadata": {"totalTokenCount": 3}, "modelVersion": "m-1"}


def ollama(words, call=None):
    base = {"model": "m-1", "created_at": "2026-01-01T00:00:00Z"}
    for word in words:
        yield {**base, "message": {"role": "assistant", "content": word}, "done": False}
    if call:
        calls = [{"function": {"name": call[0], "arguments": call[1]}}]
        yield {**base, "message": {"role": "assistant", "content": "", "tool_calls": calls}, "done": False}
    yield {**base, "message": {"role": "assistant", "content": ""}, "done": True, "done_reason": "stop", "eval_count": 3}


def cohere(words, call=None):
    def item(kind, message, index=0):
        return {"type": kind, "index": index, "delta": {"message": message}}

    yield {"type": "message-start", "id": "c-1", "delta": {"message": {"role": "assistant", "content": [], "tool_calls": [], "citations": []}}}
    yield item("content-start", {"content": {"type": "text", "text": ""}})
    for word in words:
        yield item("content-delta", {"content": {"text": word}})
    yield {"type": "content-end", "index": 0}
    if call:
        yield item("tool-call-start", {"tool_calls": {"id": "t-1", "type": "function", "function": {"name": call[0], "arguments": ""}}})
        for piece in cut(call):
            yield item("tool-call-delta", {"tool_calls": {"function": {"arguments": piece}}})
        yield {"type": "tool-call-end", "index": 0}
    yield {"type": "message-end", "delta": {"finish_reason": "TOOL_CALL" if call else "COMPLETE", "usage": {"tokens": {"output_tokens": 3}}}}


def cohere_1(words, call=None):
    def item(kind, **members):
        return {"is_finished": kind == "stream-end", "event_type": kind, **members}

    yield item("stream-start", generation_id="g-1")
    for word in words:
        yield item("text-generation", text=word)
    if call:
        yield item("tool-calls-chunk", tool_call_delta={"index": 0, "name": call[0]})
        for piece in cut(call):
            yield item("tool-calls-chunk", tool_call_delta={"index": 0, "parameters": piece})
        yield item("tool-calls-generation", tool_calls=[{"name": call[0], "parameters": call[1]}])
    text = "".join(words)
    response = {"response_id": "r-1", "text": text, "generation_id": "g-1", "finish_reason": "COMPLETE",
                "chat_history": [{"role": "USER", "message": "hello"}, {"role": "CHATBOT", "message": text}]}
    yield item("stream-end", finish_reason="COMPLETE", response=response)


def converse(words, call=None):
    yield "messageStart", {"role": "assistant"}
    for word in words:
        yield "contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": word}}
    yield "contentBlockStop", {"contentBlockIndex": 0}
    if call:
        yield "contentBlockStart", {"contentBlockIndex": 1, "start": {"toolUse": {"toolUseId": "t-1", "name": call[0]}}}
        for piece in cut(call):
            yield "contentBlockDelta", {"contentBlockIndex": 1, "delta": {"toolUse": {"input": piece}}}
        yield "contentBlockStop", {"contentBlockIndex": 1}
    yield "messageStop", {"stopReason": "tool_use" if call else "end_turn"}
    yield "metadata", {"usage": {"inputTokens": 1, "outputTokens": 3, "totalTokens": 4}, "metrics": {"latencyMs": 5}}


def invoked(words, call=None):
    """What a model of Anthropic says on Bedrock, if it is asked in its own words."""
    for item in messages(words, call):
        yield "chunk", {"bytes": base64.b64encode(json.dumps(item).encode()).decode()}


AMAZON = "application/vnd.amazon.eventstream"
#: By the path: the type of a stream, its items, and how they are written.
STREAMS = {
    "/v1/chat/completions": ("text/event-stream", chat, events),
    "/v1/messages": ("text/event-stream", messages, named),
    "/v1/responses": ("text/event-stream", responses, named),
    "/v1beta/models/m-1:streamGenerateContent": ("text/event-stream", gemini, events),
    "/api/chat": ("application/x-ndjson", ollama, lines),
    "/v2/chat": ("text/event-stream", cohere, named),
    "/v1/chat": ("application/stream+json", cohere_1, lines),
    "/model/m-1/converse-stream": (AMAZON, converse, frames),
    "/model/m-1/invoke-with-response-stream": (AMAZON, invoked, frames),
}


def stream(path, words, call=None):
    """The pieces of a stream."""
    _, items, written = STREAMS[path]
    return written(items(words, call))


#: By the path: a text as a whole document.
DOCUMENTS = {
    "/v1/chat/completions": lambda text: {
        "id": "c-1", "object": "chat.completion", "created": 1, "model": "m-1",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}]},
    "/v1/messages": lambda text: {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "m-1", "content": [{"type": "text", "text": text}],
        "stop_reason": "end_turn", "stop_sequence": None, "usage": {"input_tokens": 1, "output_tokens": 1}},
    "/v1/responses": lambda text: list(responses([text]))[-1]["response"],
    "/v1beta/models/m-1:generateContent": lambda text: list(gemini([text]))[-1][1],
    "/api/chat": lambda text: {**list(ollama([]))[-1], "message": {"role": "assistant", "content": text}},
    "/v2/chat": lambda text: {
        "id": "c-1", "finish_reason": "COMPLETE", "message": {"role": "assistant", "content": [{"type": "text", "text": text}]}},
    "/v1/chat": lambda text: list(cohere_1([text]))[-1]["response"],
    "/model/m-1/converse": lambda text: {
        "output": {"message": {"role": "assistant", "content": [{"text": text}]}}, "stopReason": "end_turn",
        "usage": {"inputTokens": 1, "outputTokens": 3, "totalTokens": 4}, "metrics": {"latencyMs": 5}},
    "/model/m-1/invoke": lambda text: DOCUMENTS["/v1/messages"](text),
}
