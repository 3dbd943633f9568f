"""Checks what the upstream and the client saw, byte for byte."""

import argparse
import gzip
import http.client
import json
import pathlib
import re
import sys
import time
import traceback

import faults  # noqa: F401, its checks run, too
import trailers
import yaml
from checking import BLOCK, CHECKS, ask, chat_request, check, each_client, same
from clients import CLIENTS, WITHOUT_NOTES, heard
from gateway import EXAMPLE, Gateway
from model import LABEL, SAYS, Model, key
from server import Server
from tools import Tools, call


@check({})
def bytes_go_through_as_they_are_but_for_the_key(gateway, model):
    for encode in (lambda body: body, lambda body: [body[:40], body[40:60], body[60:]]):
        model.requests.clear()
        status, headers, body = ask(gateway, "/echo", encode(chat_request(f"a {key()} \u00e9")))
        same(model.requests[0].body, chat_request(f"a {LABEL} \u00e9"))
        same((status, body), (200, chat_request(f"a {LABEL} \u00e9")))
        assert "content-length" not in model.requests[0].headers
        same(model.requests[0].headers["accept-encoding"], "identity") if "accept-encoding" in model.requests[0].headers else None


@check({})
def compressed_bodies_are_read(gateway, model):
    status, _, _ = ask(gateway, "/echo", gzip.compress(chat_request(key())), {"content-encoding": "gzip"})
    same((status, model.requests[0].body), (200, chat_request(LABEL)))
    assert "content-encoding" not in model.requests[0].headers
    model.requests.clear()
    status, _, _ = ask(gateway, "/echo", b"x" * 100, {"content-encoding": "zstd"})
    same((status, len(model.requests)), (400, 0))


@check({})
def a_response_that_cannot_be_read_does_not_arrive(gateway, model):
    for path in ("/packed", "/broken"):
        try:
            status, _, body = ask(gateway, path, b"{}")
            assert status >= 400 and b"no " not in body.replace(b"cannot", b""), f"{path}: {status} {body!r}"
        except (http.client.HTTPException, OSError):
            pass
    same(ask(gateway, "/echo", b"{}")[0], 200)


@check({})
def a_stream_is_passed_on_as_it_comes(gateway, model):
    model.pause, model.says = 0.2, ["one ", "two ", "three "]
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=20)
    body = json.dumps({"stream": True, "messages": []})
    connection.request("POST", "/v1/chat/completions", body, {"content-type": "application/json"})
    response = connection.getresponse()
    times = []
    while line := response.readline():
        if b'"content"' in line:
            times.append(time.monotonic())
    gaps = [later - earlier for earlier, later in zip(times, times[1:])]
    assert len(times) == 3 and all(gap > 0.1 for gap in gaps), f"{gaps}"


def pieces(text):
    return [text[at:at + 7] for at in range(0, len(text), 7)]


@check({})
@each_client
def every_sdk_gets_its_answer_without_the_key(gateway, model, name, client, error):
    expected = "".join(SAYS).replace(key(), LABEL)
    same(heard(client(gateway.url, f"use {key()}", stream=False)), (expected, []))
    same(heard(client(gateway.url, f"use {key()}")), (expected, []))
    for request in model.requests:
        assert f"use {LABEL}" in request.body.decode() and key() not in request.body.decode(), request.body


@check({})
@each_client
def a_key_in_pieces_is_found_in_every_stream(gateway, model, name, client, error):
    model.says = ["The key is ", *pieces(key()), ", keep it."]
    model.calls = ("say", {"text": f"{key()} \u00e9", "n": 1})
    expected = f"The key is {LABEL}, keep it.", [("say", {"text": f"{LABEL} \u00e9", "n": 1})]
    same(heard(client(gateway.url, "hello")), expected)


@check({})
@each_client
def a_stream_that_ends_in_a_key_ends_in_its_label(gateway, model, name, client, error):
    model.says = ["The key is ", *pieces(key())]
    same(heard(client(gateway.url, "hello")), (f"The key is {LABEL}", []))


@check({"tool": [{"id": "read-only", "tool": "read", "decision": "allow"}]})
@each_client
def a_refused_tool_is_not_called_by_any_sdk(gateway, model, name, client, error):
    model.says, model.calls = ["I will ", "read."], ("read", {"path": "a"})
    same(heard(client(gateway.url, "hello")), ("I will read.", [("read", {"path": "a"})]))
    model.calls, said = ("write", {"path": "a"}), []
    try:
        text, calls = heard(client(gateway.url, "hello"), said)
    except Exception as raised:
        assert name in WITHOUT_NOTES and "write" in str(raised) and "tools.default" in str(raised), raised
        same("".join(said), "I will read.")
        return
    assert name not in WITHOUT_NOTES and not calls, calls
    assert text.startswith("I will read.") and "The call of the tool write was refused by policy, row tools.default" in text, text


@check({"boundary": [{"id": "no-keys", "class": "secret", "direction": "inbound", "decision": "block"}]})
@each_client
def a_stream_that_is_blocked_raises_an_error_in_every_sdk(gateway, model, name, client, error):
    model.says, model.pause, said = ["The key is ", *pieces(key()), ", keep it."], 0.02, []
    try:
        heard(client(gateway.url, "hello"), said)
    except Exception as raised:
        assert "row no-keys" in str(raised) and key() not in str(raised), repr(raised)
    else:
        raise AssertionError(f"it passed: {said}")
    same("".join(said), "The key is ")


@check(BLOCK)
@each_client
def what_is_blocked_does_not_leave_and_every_sdk_says_so(gateway, model, name, client, error):
    for stream in (False, True):
        try:
            answer = heard(client(gateway.url, f"use {key()}", stream=stream))
        except error as raised:
            assert "row no-keys" in str(raised) and key() not in str(raised), str(raised)
        else:
            raise AssertionError(f"it passed: {answer}")
    same(len(model.requests), 0)


@check(BLOCK)
def what_is_blocked_is_logged_and_counted(gateway, model):
    before = gateway.stats().get("wasmcustom.tamis.blocked.finding", 0)
    status, headers, body = ask(gateway, "/v1/chat/completions", [chat_request(key())[:70], chat_request(key())[70:]])
    same((status, len(model.requests), model.broken), (403, 0, 0))
    decision = headers["x-tamis-decision"]
    assert decision.encode() in body
    time.sleep(0.3)
    log = gateway.said()
    assert f'"decision":"{decision}"' in log and '"classes":"secret/api-key=1"' in log and '"reason":"finding"' in log, log
    stats = gateway.stats()
    same((stats["wasmcustom.tamis.blocked.finding"], stats["wasmcustom.tamis.findings.secret_api-key.block"]), (before + 1, before + 1))


@check({})
def the_access_log_tells_what_was_decided(gateway, model):
    for text, path in ((f"{key()} {key()} tell dana@acme.example.com", "/seen"), ("hello", "/quiet")):
        ask(gateway, path, chat_request(text), {"mcp-session-id": "s-42"})
    time.sleep(0.3)
    lines = {line["path"]: line for line in map(json.loads, filter(lambda line: line.startswith("{"), gateway.said().splitlines()))}
    seen, quiet = lines["/seen"], lines["/quiet"]
    same((seen["action"], seen["classes"].split(",")[-1], seen["session"], seen["status"]), ("redact", "secret/api-key=2", "s-42", 200))
    same((quiet["action"], quiet["classes"], quiet["session"]), (None, None, "s-42"))
    assert seen["decision"] and quiet["decision"] and seen["decision"] != quiet["decision"], lines


@check({"default": "observe"})
def what_is_observed_stays_as_it_is(gateway, model):
    _, _, body = ask(gateway, "/echo", chat_request(key()))
    same((model.requests[0].body, body), (chat_request(key()), chat_request(key())))


REQUIRED = {"audit": {"required": True, "deadline_ms": 1000}, "gateway": {"hold_headers": True, "collector": {"cluster": "collector", "path": "/log"}}}


@check(REQUIRED, collector=200)
def records_are_stored_before_anything_passes(gateway, model):
    status, _, body = ask(gateway, "/echo", chat_request(key()))
    same((status, body), (200, chat_request(LABEL)))
    records = b"".join(request.body for request in gateway.collector.requests if request.path == "/log")
    kinds = re.findall(rb'"event":\{"([a-z-]+)"', records)
    assert kinds.count(b"finding") == 1 and kinds.count(b"inspected") == 2 and key().encode() not in records, kinds
    model.pause = 0.05
    for client, _ in CLIENTS.values():
        same(heard(client(gateway.url, "hello")), ("".join(SAYS).replace(key(), LABEL), []))


@check(REQUIRED, collector=500)
def nothing_passes_that_is_not_recorded(gateway, model):
    for body in (chat_request("hello"), [b"{", b"}"]):
        same((ask(gateway, "/echo", body)[0], len(model.requests)), (503, 0))
    gateway.collector.stop()
    same((ask(gateway, "/echo", chat_request("hello"))[0], len(model.requests)), (503, 0))


TOOLS = {"boundary": [{"id": "keys", "class": "secret", "decision": "redact"}],
         "tool": [{"id": "say-less", "tool": "say", "when": [{"argument": "text", "is": ["*", "!rm *"]}], "decision": "allow"}],
         "gateway": {"hold_headers": True}}


def mcp(module):
    """The tools of an MCP server, with its own client. How many checks failed."""
    tools = Tools()

    def what_it_may(gateway):
        same(call(gateway.url, "say", {"text": f"use {key()}"}), (False, f"use {LABEL} and {LABEL}"))
        same(tools.given, [f"use {LABEL}"])

    def what_it_may_not(gateway):
        tools.given.clear()
        for name, arguments in (("shout", {"text": "hello"}), ("say", {"text": "rm -rf /"})):
            is_error, text = call(gateway.url, name, arguments)
            assert is_error and f"the tool {name} may not be called like this (row tools.default)" in text, text
        same(tools.given, [])
        same(call(gateway.url, "say", {"text": "hello"})[0], False)
        time.sleep(0.3)
        same((gateway.stats()["wasmcustom.tamis.tool_calls.block"], gateway.stats()["wasmcustom.tamis.blocked.tool"]), (2, 2))
        assert '"reason":"tool"' in gateway.said(), gateway.said()

    failed = 0
    try:
        with Gateway(module, TOOLS, tools.port) as gateway:
            for name, function in (("calls what it may", what_it_may), ("is told what it may not call", what_it_may_not)):
                try:
                    function(gateway)
                    print(f"passed  the mcp sdk {name}", flush=True)
                except Exception:
                    failed += 1
                    print(f"FAILED  the mcp sdk {name}\n{traceback.format_exc()}", flush=True)
    finally:
        tools.stop()
    return failed


def run(module, policy, collector, functions):
    """Runs the checks that share a gateway. How many failed."""
    model, failed = Model(), 0
    played = Server(lambda _: iter([(collector, {"content-length": "0"})])) if collector else None
    with Gateway(module, policy, model.port, played and played.port) as gateway:
        gateway.collector = played
        for function in functions:
            name = function.__name__.replace("_", " ")
            model.reset()
            try:
                function(gateway, model)
                said = gateway.said()
                assert key() not in said, "the log tells the key"
                assert "[critical]" not in said and "RuntimeError" not in said, said
                print(f"passed  {name}", flush=True)
            except Exception:
                failed += 1
                print(f"FAILED  {name}\n{traceback.format_exc()}", flush=True)
    return failed


def examples(module):
    """Whether the configurations of the examples load, and block a key. How many do not."""
    istio, gateway = (yaml.safe_load((EXAMPLE.parent / name).read_text()) for name in ("istio.yaml", "envoy-gateway.yaml"))
    failed, model = 0, Model()
    for name, policy in (("envoy", None), ("istio", istio["spec"]["pluginConfig"]), ("envoy gateway", gateway["spec"]["wasm"][0]["config"])):
        with Gateway(module, policy, model.port) as running:
            good = ask(running, "/v1/chat/completions", chat_request(key()))[0] == 403 and not model.requests
        print("passed " if good else "FAILED ", f"the example for {name} starts and blocks a key", flush=True)
        failed += not good
    return failed


def structured(module):
    """Whether a policy given as a `Struct` holds like one given as text. How many do not."""
    model = Model()
    policy = {**BLOCK, "gateway": {"hold_headers": True, "hold": 4096, "body_limit": None, "labels": ["a", "b"]}}
    with Gateway(module, policy, model.port, structured=True) as gateway:
        answers = [ask(gateway, "/v1/chat/completions", chat_request(text))[0] for text in (key(), "hello")]
    good = answers == [403, 200] and len(model.requests) == 1
    print("passed " if good else f"FAILED {answers}", "a policy may be a Struct", flush=True)
    return 0 if good else 1


def unannounced_trailers(module):
    """Whether trailers that nobody announced follow what was held back, both ways. How many checks failed."""
    answer = json.dumps({"choices": [{"index": 0, "message": {"role": "assistant", "content": f"a {key()} b"}}]}).encode()
    upstream = trailers.Upstream(answer)
    gateway = Gateway(module, {}, upstream.port)
    clusters = gateway.config["static_resources"]["clusters"]
    next(cluster for cluster in clusters if cluster["name"] == "model")["typed_extension_protocol_options"] = {
        "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
            "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
            "explicit_http_config": {"http2_protocol_options": {}},
        }
    }
    try:
        with gateway:
            body = chat_request(f"a {key()} b")
            seen = trailers.ask(gateway.port, [("content-type", "application/json")], [body[:50], body[50:]])
        expected = [(upstream.seen, chat_request(f"a {LABEL} b")), (seen, answer.replace(key().encode(), LABEL.encode()))]
        for end, body in expected:
            same((end.body, end.trailers, end.reset), (body, dict(trailers.TRAILERS), False))
    except Exception:
        print(f"FAILED  unannounced trailers\n{traceback.format_exc()}\n{gateway.said()}", flush=True)
        return 1
    print("passed  trailers that nobody announced follow what was held back", flush=True)
    return 0


def breaks(fault):
    """Whether nothing passes where the module breaks, and all is well once it was loaded anew. How many checks failed."""
    model = Model()
    try:
        with Gateway(fault, {}, model.port) as gateway:
            machines = gateway.stats()["wasmcustom.tamis.machines"]
            same(ask(gateway, "/echo", chat_request(key()))[2], chat_request(LABEL))
            for encode in (lambda body: body, lambda body: [body[:40], body[40:]]):
                model.requests.clear()
                same((ask(gateway, "/echo", encode(chat_request(key())), {"x-tamis-fault": "1"})[0], len(model.requests)), (503, 0))
                until = time.monotonic() + 20
                while (status := ask(gateway, "/echo", chat_request(key()))[0]) == 503 and time.monotonic() < until:
                    time.sleep(0.1)
                same((status, {request.body for request in model.requests}), (200, {chat_request(LABEL)}))
            same(gateway.stats()["wasmcustom.tamis.machines"], machines + 2)
    except Exception:
        print(f"FAILED  a module that breaks\n{traceback.format_exc()}", flush=True)
        return 1
    print("passed  nothing passes where the module breaks, and it is loaded anew", flush=True)
    return 0


def refuses(module, policy, says, structured=False):
    """Whether a gateway with this configuration does not start, and says why. How many do."""
    gateway = Gateway(module, policy, 1, structured=structured)
    good = not gateway.start() and says in gateway.said()
    print("passed " if good else f"FAILED\n{gateway.said()}\n", "a bad configuration does not start", flush=True)
    return 0 if good else 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--module", required=True, type=pathlib.Path)
    parser.add_argument("--fault", required=True, type=pathlib.Path, help="the module with a fault that a header sets off")
    parser.add_argument("words", nargs="*", help="run only checks with one of these words in their names")
    args = parser.parse_args()
    wanted = [entry for entry in CHECKS if not args.words or any(word in entry[0].__name__ for word in args.words)]
    groups = {}
    for function, policy, collector in wanted:
        groups.setdefault((json.dumps(policy), collector), []).append(function)
    module = args.module.resolve()
    failed = sum(run(module, policy, collector, functions) for (policy, collector), functions in groups.items())
    failed += mcp(module) + examples(module) + structured(module) + unannounced_trailers(module)
    failed += breaks(args.fault.resolve())
    failed += refuses(module, '{"defualt": "block"}', "configuration.json:1:2: ")
    failed += refuses(module, {"gateway": {"holt": 1}}, "gateway: unknown field `holt`", structured=True)
    print(f"{len(wanted) + 10 - failed} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
