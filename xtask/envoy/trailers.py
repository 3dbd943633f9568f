"""Both ends of an HTTP/2 connection whose messages have trailers that nobody announced."""

import socket
import threading

import h2.config
import h2.connection
import h2.events

TRAILERS = [("x-sum", "1")]
HEAD = [(":method", "POST"), (":path", "/v1/chat/completions"), (":authority", "model"), (":scheme", "http")]


class End:
    """One end of a connection, and what arrived there."""

    def __init__(self, connection, client):
        self.socket = connection
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(client_side=client, header_encoding="utf-8"))
        self.headers, self.body, self.trailers, self.reset = {}, b"", {}, False
        self.h2.initiate_connection()
        self._flush()

    def _flush(self):
        self.socket.sendall(self.h2.data_to_send())

    def open(self, stream, headers, pieces):
        """The beginning of a message, in these pieces, each in a frame of its own."""
        self.h2.send_headers(stream, headers)
        self._flush()
        for piece in pieces:
            self.h2.send_data(stream, piece)
            self._flush()

    def reset_stream(self, stream, why):
        """Breaks a message off."""
        self.h2.reset_stream(stream, why)
        self._flush()

    def send(self, stream, headers, pieces):
        """A message in these pieces, and trailers."""
        self.open(stream, headers, pieces)
        self.h2.send_headers(stream, TRAILERS, end_stream=True)
        self._flush()

    def receive(self):
        """Reads a message to its end. The number of its stream; nothing where the peer has left."""
        while data := self.socket.recv(65536):
            for event in self.h2.receive_data(data):
                if isinstance(event, (h2.events.RequestReceived, h2.events.ResponseReceived)):
                    self.headers = dict(event.headers)
                elif isinstance(event, h2.events.DataReceived):
                    self.body += event.data
                    self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                elif isinstance(event, h2.events.TrailersReceived):
                    self.trailers = dict(event.headers)
                elif isinstance(event, (h2.events.StreamEnded, h2.events.StreamReset)):
                    self.reset = isinstance(event, h2.events.StreamReset)
                    self._flush()
                    return event.stream_id
            self._flush()
        return None


class Upstream:
    """Answers one request with this document."""

    def __init__(self, answer):
        self.answer = answer
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.seen = None
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        connection, _ = self.listener.accept()
        with connection:
            self.seen = End(connection, client=False)
            if stream := self.seen.receive():
                self.seen.send(stream, [(":status", "200"), ("content-type", "application/json")], [self.answer[:70], self.answer[70:]])
                self.seen.receive()


def ask(port, headers, pieces):
    """Sends a request to this port; what came back."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        end = End(connection, client=True)
        end.send(end.h2.get_next_available_stream_id(), [*HEAD, *headers], pieces)
        end.receive()
        return end
