"""How letters reach a mail server, and what is known of one that did not."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from flask import Flask

from survey.notifications import transport

Talk = Callable[[socket.socket], None]


@contextmanager
def mail_server(app: Flask, talk: Talk, **more: object) -> Iterator[None]:
    """A server that does one thing with whoever connects; the application sends its letters there."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            peer, _address = listening.accept()
            with peer:
                talk(peer)

        thread = threading.Thread(target=serve)
        thread.start()
        state, port = app.extensions["mail"], listening.getsockname()[1]
        there = {"server": "127.0.0.1", "port": port, "suppress": False, "use_tls": False, "use_ssl": False}
        before = {name: getattr(state, name) for name in (*there, *more)}
        vars(state).update(there | more)
        try:
            yield
        finally:
            vars(state).update(before)
            thread.join(5)


def send() -> None:
    transport.send("olha@example.org", "News", "Nothing has happened.\n")


def say_nothing(peer: socket.socket) -> None:
    # Ends once whoever waits has given up.
    peer.recv(1000)


def hang_up(peer: socket.socket) -> None:
    pass


@pytest.mark.parametrize("talk", [say_nothing, hang_up])
def test_a_server_that_never_answers_is_given_up_and_has_surely_taken_nothing(
    app: Flask, monkeypatch: pytest.MonkeyPatch, talk: Talk
) -> None:
    monkeypatch.setattr(transport, "PATIENCE", 0.2)
    with app.app_context(), mail_server(app, talk), pytest.raises(transport.NotSent) as fault:
        send()
    assert fault.value.surely
    assert not fault.value.for_good


def test_a_server_that_falls_silent_over_a_letter_may_have_taken_it(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def take_and_fall_silent(peer: socket.socket) -> None:
        peer.sendall(b"220 ready\r\n")
        for answer in (b"250 hello\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go on\r\n"):
            peer.recv(10_000)
            peer.sendall(answer)
        while peer.recv(10_000):
            pass

    monkeypatch.setattr(transport, "PATIENCE", 0.2)
    with app.app_context(), mail_server(app, take_and_fall_silent), pytest.raises(transport.NotSent) as fault:
        send()
    assert not fault.value.surely


def self_signed(folder: Path) -> ssl.SSLContext:
    """What somebody has who stands in the way of a mail server."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")
    today = datetime.now(UTC)
    made = x509.CertificateBuilder(x509.Name([name]), x509.Name([name]), key.public_key(), 1)
    made = made.not_valid_before(today - timedelta(days=1)).not_valid_after(today + timedelta(days=1))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    (folder / "pem").write_bytes(private + public)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "pem")
    return context


def test_the_password_is_not_said_to_a_server_that_cannot_prove_its_name(app: Flask, tmp_path: Path) -> None:
    context, heard = self_signed(tmp_path), []

    def pretend(peer: socket.socket) -> None:
        peer.sendall(b"220 ready\r\n")
        for answer in (b"250-hello\r\n250 STARTTLS\r\n", b"220 go on\r\n"):
            peer.recv(10_000)
            peer.sendall(answer)
        with pytest.raises(OSError), context.wrap_socket(peer, server_side=True) as inside:
            heard.append(inside.recv(10_000))

    facts = {"use_tls": True, "username": "parley", "password": "secret"}
    with app.app_context(), mail_server(app, pretend, **facts), pytest.raises(transport.NotSent) as fault:
        send()
    assert str(fault.value) == "SSLCertVerificationError"
    assert fault.value.surely
    assert heard == []


def test_a_letter_that_is_thrown_away_fails_no_louder_than_one_that_is_sent(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_letter: object) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(transport, "_keep", full)
    with app.app_context():
        transport.send_soon("olha@example.org", "News", "Nothing has happened.\n")
        transport.throw_away("nobody@example.org", "News", "Nothing has happened.\n")


def test_a_letter_that_vanishes_while_others_are_looked_through_is_nobody_s(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        transport.send("olha@example.org", "News", "One.\n", {"List-Id": "<a>"})
        folder = transport.outbox(app.config["PARLEY"])
        there = [folder / "gone.eml", *folder.glob("*.eml")]
        monkeypatch.setattr(Path, "glob", lambda _folder, _pattern: iter(there))
        assert transport.forget("olha@example.org", "<a>") == 1
