"""What checks are made of."""

import http.client
import json
import traceback

from clients import CLIENTS

BLOCK = {"boundary": [{"id": "no-keys", "class": "secret", "direction": "outbound", "decision": "block"}],
         "gateway": {"hold_headers": True}}
CHECKS = []


def check(policy, collector=None):
    """Runs a function against a gateway with this policy."""
    def register(function):
        CHECKS.append((function, policy, collector))
        return function
    return register


def ask(gateway, path, body, headers=None):
    """A request over plain HTTP/1.1: status, headers and body of the answer. A list is sent in chunks."""
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=20)
    chunked = isinstance(body, list)
    connection.request("POST", path, body=iter(body) if chunked else body,
                       headers={"content-type": "application/json", **(headers or {})}, encode_chunked=chunked)
    response = connection.getresponse()
    return response.status, dict((name.lower(), value) for name, value in response.getheaders()), response.read()


def chat_request(text):
    return json.dumps({"model": "m-1", "messages": [{"role": "user", "content": text}]}).encode()


def same(seen, expected):
    if seen != expected:
        raise AssertionError(f"{seen!r}\n   instead of {expected!r}")


def each_client(function):
    """Runs a function for each SDK; says which of them it was that failed."""
    def run(gateway, model):
        failed = []
        for name, (client, error) in CLIENTS.items():
            model.reset()
            try:
                function(gateway, model, name, client, error)
            except Exception:
                failed.append(f"{name}: {traceback.format_exc(limit=-3)}")
        assert not failed, "\n".join(failed)

    run.__name__ = function.__name__
    return run
