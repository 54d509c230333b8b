"""A proxy that holds requests back, as a sleeping laptop or a bad line does."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class HoldingProxy:
    """Takes requests at `port` and passes each on to another port once it is let go."""

    def __init__(self, onwards: int) -> None:
        self._onwards = onwards
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.arrived = threading.Event()
        self.let_go = threading.Event()

    def pass_on(self) -> None:
        """One request with its answer."""
        client, _address = self._listener.accept()
        with client:
            request = _whole_request(client)
            self.arrived.set()
            self.let_go.wait(30)
            with socket.create_connection(("127.0.0.1", self._onwards)) as server:
                server.sendall(request)
                server.shutdown(socket.SHUT_WR)
                while part := server.recv(65536):
                    client.sendall(part)

    def close(self) -> None:
        """Take no more requests."""
        self._listener.close()


def _whole_request(client: socket.socket) -> bytes:
    request = b""
    while b"\r\n\r\n" not in request:
        request += client.recv(65536)
    head, _, body = request.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    missing = int(lengths[0].split(b":")[1]) - len(body)
    while missing > 0:
        part = client.recv(missing)
        request += part
        missing -= len(part)
    return request


@contextmanager
def holding(onwards: int) -> Iterator[HoldingProxy]:
    """A proxy for one request, at work in a thread."""
    proxy = HoldingProxy(onwards)
    thread = threading.Thread(target=proxy.pass_on)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.let_go.set()
        thread.join(30)
        proxy.close()
