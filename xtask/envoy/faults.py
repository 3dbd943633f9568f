"""Bad input and broken connections, from either side: nothing passes unread, and the machine lives on."""

import gzip
import http.client
import json
import socket
import time

import h2.errors
import trailers
from checking import BLOCK, ask, chat_request, check, same
from model import LABEL, key

#: What an answer in the shape of each API says, and its kind of error.
SHAPES = {
    "/v1/chat/completions": lambda error: (error["error"]["message"], error["error"]["type"], error["error"]["code"]),
    "/v1/responses": lambda error: (error["error"]["message"], error["error"]["type"], error["error"]["code"]),
    "/v1/messages": lambda error: (error["error"]["message"], error["error"]["type"], error["type"]),
    "/v1beta/models/m-1:generateContent": lambda error: (error["error"]["message"], error["error"]["status"], error["error"]["code"]),
    "/api/chat": lambda error: (error["error"], error["code"]),
    "/v2/chat": lambda error: (error["message"], error["code"]),
    "/model/m-1/converse": lambda error: (error["message"], error["__type"]),
    "/mcp": lambda error: (error["error"]["message"], error["error"]["code"], error["jsonrpc"]),
}
KINDS = {
    403: [("invalid_request_error", "sensitive_data"), ("invalid_request_error", "sensitive_data"), ("permission_error", "error"),
          ("PERMISSION_DENIED", 403), ("sensitive_data",), ("sensitive_data",), ("AccessDeniedException",), (-32001, "2.0")],
    400: [("invalid_request_error", "malformed_body"), ("invalid_request_error", "malformed_body"), ("invalid_request_error", "error"),
          ("INVALID_ARGUMENT", 400), ("malformed_body",), ("malformed_body",), ("ValidationException",), (-32700, "2.0")],
    413: [("invalid_request_error", "limit_exceeded"), ("invalid_request_error", "limit_exceeded"), ("request_too_large", "error"),
          ("INVALID_ARGUMENT", 413), ("limit_exceeded",), ("limit_exceeded",), ("ValidationException",), (-32001, "2.0")],
}


@check(BLOCK)
def what_is_refused_is_answered_in_the_shape_of_its_api(gateway, model):
    packed = gzip.compress(chat_request("hello" * 50))
    bodies = {403: (chat_request(key()), {}), 400: (packed[:-9], {"content-encoding": "gzip"}),
              413: (gzip.compress(bytes(80 << 20)), {"content-encoding": "gzip"})}
    for wanted, (body, headers) in bodies.items():
        for (path, shape), kind in zip(SHAPES.items(), KINDS[wanted]):
            status, told, answer = ask(gateway, path, body, headers)
            message, *seen = shape(json.loads(answer))
            same((path, status, tuple(seen), told["content-type"]), (path, wanted, kind, "application/json"))
            assert told["x-tamis-decision"] in message and key() not in message, message
    same(len(model.requests), 0)


@check({})
def text_in_wide_characters_does_not_pass(gateway, model):
    for charset in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"):
        body = chat_request(key()).decode().encode(charset)
        for kind in ("application/json", f"application/json; charset={charset}", "text/plain"):
            for path in ("/v1/chat/completions", "/echo"):
                same((charset, kind, ask(gateway, path, body, {"content-type": kind})[0], len(model.requests)), (charset, kind, 400, 0))
    same(ask(gateway, "/echo", "\ufeffhello".encode(), {"content-type": "text/plain; charset=utf-8"})[2], "\ufeffhello".encode())


@check({})
def what_ends_in_the_middle_of_something_ends_there(gateway, model):
    for body, kind in ((b'{"messages":[{"role":"user","content":"' + key()[:30].encode(), "application/json"), (b"{\"a\":\"\\u00", "application/json"),
                       (b"caf\xc3", "text/plain"), (b"data: {\"a\":1}\ndata: x\ndata", "text/event-stream"), (b"}{][", "application/json")):
        for sent in (body, [body[:5], body[5:]]):
            same(ask(gateway, "/echo", sent, {"content-type": kind})[2], body)
            same(model.requests.pop().body, body)


@check({})
def events_without_empty_lines_and_long_ones_are_read(gateway, model):
    lines = b"".join(f"data: {text}\n".encode() for text in ("a", f"my {key()}", "b"))
    same(ask(gateway, "/echo", lines, {"content-type": "text/event-stream"})[2], lines.replace(key().encode(), LABEL.encode()))
    long = b"data: " + b"word " * (2 << 20) + key().encode() + b"\n\n"
    same(ask(gateway, "/echo", long, {"content-type": "text/event-stream"})[2], long.replace(key().encode(), LABEL.encode()))


@check({})
def what_an_upstream_says_when_it_fails_is_read(gateway, model):
    status, _, body = ask(gateway, "/fails", chat_request("hello"))
    same((status, json.loads(body)), (500, {"error": {"message": f"no model for {LABEL}"}}))


@check({})
def an_upstream_may_break_off(gateway, model):
    for kind in ("text/event-stream", "application/json", "text/plain"):
        try:
            status, _, body = ask(gateway, "/resets", chat_request("hello"), {"content-type": kind})
            raise AssertionError(f"{kind}: it ended well, {status} {body!r}")
        except http.client.IncompleteRead as broken:
            assert key()[:30].encode() not in broken.partial, broken.partial
    same(ask(gateway, "/echo", chat_request(key()))[2], chat_request(LABEL))


@check({})
def a_client_may_break_off(gateway, model):
    head = b"POST /echo HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n"
    for rest in (b"content-length: 900\r\n\r\n" + chat_request(key()), b"transfer-encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n",
                 b"content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", b"x-long: " + b"a" * 70_000 + b"\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", gateway.port), timeout=5) as connection:
            connection.sendall(head + rest)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass
    time.sleep(0.2)
    same(len(model.requests), 0)
    assert gateway.stats()["wasmcustom.tamis.request.broken_off"] > 0
    same(ask(gateway, "/echo", chat_request(key()))[2], chat_request(LABEL))


@check({})
def a_client_of_http_2_may_reset_a_stream(gateway, model):
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=5) as connection:
        end = trailers.End(connection, client=True)
        for pieces in ([], [b'{"messages":'], [chat_request(key())[:70], b"x"]):
            stream = end.h2.get_next_available_stream_id()
            end.open(stream, [*trailers.HEAD, ("content-type", "application/json")], pieces)
            time.sleep(0.05)
            end.reset_stream(stream, h2.errors.ErrorCodes.CANCEL)
        time.sleep(0.2)
        same(len(model.requests), 0)
    same(ask(gateway, "/echo", chat_request(key()))[2], chat_request(LABEL))
