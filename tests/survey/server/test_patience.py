"""Connections that drip: they keep nobody out, and are cut, while whoever thinks long in between is not."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest
from flask import Flask

from survey.server import http, patient

HALF = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: "


@pytest.fixture
def port(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Where a server listens that gives a request two seconds to arrive."""
    monkeypatch.setattr(patient, "ARRIVES_SECONDS", 2)
    monkeypatch.setattr(patient, "LOOK_SECONDS", 0.5)
    server = http.bind(app, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield http.bound_port(server)
    server.close()
    thread.join(5)


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=5)


def ask(port: int) -> bytes:
    """The first line of an answer to somebody who asks at once."""
    with connected(port) as client:
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        return client.recv(100).split(b"\r\n")[0]


def is_cut(client: socket.socket) -> bool:
    """Whether the server has closed a connection."""
    client.settimeout(0.2)
    try:
        return client.recv(1) == b""
    except TimeoutError:
        return False
    except ConnectionError:
        return True


def drip(clients: list[socket.socket], seconds: float) -> None:
    """One byte from each, again and again."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        for client in clients:
            try:
                client.sendall(b"a")
            except OSError:
                continue
        time.sleep(0.1)


def test_three_hundred_that_drip_keep_nobody_out_and_are_cut(port: int) -> None:
    clients = [connected(port) for _ in range(300)]
    try:
        for client in clients:
            client.sendall(HALF)
        assert ask(port) == b"HTTP/1.1 200 OK"
        drip(clients, 4)
        assert all(map(is_cut, clients[::30]))
    finally:
        for client in clients:
            client.close()


def test_a_request_that_takes_a_second_is_answered(port: int) -> None:
    with connected(port) as client:
        client.sendall(HALF)
        drip([client], 1)
        client.sendall(b"\r\nConnection: close\r\n\r\n")
        assert client.recv(100).startswith(b"HTTP/1.1 200 OK")
