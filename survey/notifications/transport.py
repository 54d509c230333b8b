"""Letters: one way to send them, and where they go on a site without a mail server.

Nothing of a letter is ever logged: its address says who takes part, its link lets somebody in.
"""

import logging
import os
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from email import message_from_bytes, policy
from email.mime.base import MIMEBase
from pathlib import Path
from smtplib import (
    SMTP,
    SMTP_SSL,
    SMTPException,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPResponseException,
)
from typing import Any
from uuid import uuid4

from blinker import Namespace
from flask import Flask, current_app, has_request_context
from flask_mail import Connection, Mail, Message

from .. import clock
from ..config import site_address
from ..store.private_files import FILE, FOLDER

logger = logging.getLogger(__name__)

#: Sent in a request that kept a letter, or did as if: its page may say that none is on its way.
letter_kept = Namespace().signal("letter-kept")

#: Seconds after which a mail server that does not answer is given up.
PATIENCE = 20


#: After one of these the server has surely not taken the letter; after anything else, such as a connection
#: that broke while it was sent, nobody knows.
NOT_TAKEN = (
    ConnectionRefusedError,
    socket.gaierror,
    SMTPResponseException,
    SMTPNotSupportedError,
    UnicodeError,
)


class NotSent(RuntimeError):
    """A letter that was not acknowledged by the mail server.

    Attributes
    ----------
    surely
        The server has not taken it: the same letter may be sent again.
    for_good
        It was refused for its receiver, and would be again.
    code
        The mail server's answer to this receiver (RFC 5321, 4.2), such as 550; None where it gave none.
    """

    def __init__(self, error: Exception, *, reached: bool = True) -> None:
        # The kind of fault alone: a server's own words name the receiver.
        super().__init__(type(error).__name__)
        refused = error.recipients.values() if isinstance(error, SMTPRecipientsRefused) else ()
        self.code: int | None = next((code for code, _words in refused), None)
        self.for_good = isinstance(error, UnicodeError) or (
            isinstance(error, SMTPRecipientsRefused)
            and all(code >= 500 for code, _words in error.recipients.values())
        )
        self.surely = not reached or isinstance(error, (*NOT_TAKEN, SMTPRecipientsRefused))


class _PatientConnection(Connection):  # type: ignore[misc, unused-ignore]
    """A connection to the mail server, which is given up after `PATIENCE` seconds and has to prove its name."""

    def configure_host(self) -> SMTP | SMTP_SSL:
        """Connect, encrypt and sign in; whatever fails until then, no letter was handed over."""
        # The library asks with neither: one silent server held up every letter, and whoever stood between got the
        # password under any certificate.
        server, context = self.mail, ssl.create_default_context()
        try:
            if server.use_ssl:
                host: SMTP | SMTP_SSL = SMTP_SSL(
                    server.server, server.port, timeout=PATIENCE, context=context
                )
            else:
                host = SMTP(server.server, server.port, timeout=PATIENCE)
            if server.use_tls:
                host.starttls(context=context)
            if server.username and server.password:
                host.login(server.username, server.password)
        except (OSError, SMTPException) as error:
            raise NotSent(error, reached=False) from None
        return host


class _PatientMail(Mail):  # type: ignore[misc, unused-ignore]
    def connect(self) -> Connection:
        return _PatientConnection(current_app.extensions["mail"])


mail = _PatientMail()


class _Letter(Message):  # type: ignore[misc, unused-ignore]
    """A letter whose headers are sent as they are: folded, a long address would be encoded as words are."""

    def _message(self) -> MIMEBase:
        message = super()._message()
        # The longest line that may be sent (RFC 5322, 2.1.1).
        message.policy = policy.SMTP.clone(max_line_length=998)
        return message


def init_mail(app: Flask) -> None:
    """Teach the application to send letters."""
    mail.init_app(app)


def send(to: str, subject: str, text: str, headers: Mapping[str, str] | None = None) -> None:
    """Send one letter in plain text, and return once the mail server has it.

    Without a mail server it is kept as a file in the instance folder's `outbox`.

    Raises
    ------
    NotSent
        Where the mail server refuses it or does not answer, or no letter can be written to such an address.
    """
    letter = compose(to, subject, text, headers)
    try:
        mail.send(letter)
        if current_app.config["MAIL_SUPPRESS_SEND"]:
            _keep(letter)
    except (OSError, SMTPException, UnicodeError) as error:
        raise NotSent(error) from None


def compose(to: str, subject: str, text: str, headers: Mapping[str, str] | None = None) -> Message:
    """One letter in plain text, which goes nowhere yet."""
    more = dict(headers) if headers else None
    return _Letter(_one_line(subject), recipients=[to], body=text, extra_headers=more)


def throw_away(to: str, subject: str, text: str) -> None:
    """Do with a letter all that sending costs, but for sending: how long it takes must not tell whether it went."""
    letter = compose(to, subject, text)
    # As `send` takes them: an error here alone would tell that nobody has an account with this address.
    with suppress(OSError, UnicodeError):
        # Once as it is handed over, once as it is kept.
        letter.as_bytes()
        if current_app.config["MAIL_SUPPRESS_SEND"]:
            _keep(letter).unlink()


def send_soon(to: str, subject: str, text: str, headers: Mapping[str, str] | None = None) -> None:
    """Send a letter beside the answer: how long that took must not tell who has an account."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    if current_app.config["MAIL_SUPPRESS_SEND"]:
        # Into a file, which takes as long for nobody (`throw_away`).
        _send_in(app, to, subject, text, headers)
        return
    threading.Thread(target=_send_in, args=(app, to, subject, text, headers), daemon=True).start()


def public_address(path: str) -> str:
    """The whole address of a path of this site."""
    return f"{site_address(current_app.config['PARLEY'])}{path}"


def outbox(settings: Mapping[str, Any]) -> Path:
    """The folder in which a site without a mail server keeps its letters."""
    folder: Path = settings["INSTANCE"] / "outbox"
    return folder


def forget(address: str, list_id: str) -> int:
    """Delete the letters of one list to one address that wait in the outbox; how many there were."""
    folder = outbox(current_app.config["PARLEY"])
    found = [path for path in folder.glob("*.eml") if _is_of(path, address, list_id)]
    for path in found:
        path.unlink(missing_ok=True)
    return len(found)


def _is_of(path: Path, address: str, list_id: str) -> bool:
    try:
        letter = message_from_bytes(path.read_bytes())
    except FileNotFoundError:
        # Another has deleted it since the folder was listed: letters that are thrown away lie there for a moment.
        return False
    return (letter["To"], letter["List-Id"]) == (address, list_id)


def _send_in(app: Flask, to: str, subject: str, text: str, headers: Mapping[str, str] | None) -> None:
    with app.app_context():
        try:
            send(to, subject, text, headers)
        except NotSent as error:
            logger.error("A letter could not be sent: %s", error)


def _one_line(subject: str) -> str:
    return " ".join(subject.split())


def _keep(letter: Message) -> Path:
    """Write a letter where its site's keeper alone can read it."""
    folder = outbox(current_app.config["PARLEY"])
    folder.mkdir(mode=FOLDER, parents=True, exist_ok=True)
    name = f"{clock.now():%Y%m%dT%H%M%S}-{uuid4().hex[:8]}.eml"
    descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(letter.as_bytes())
    if has_request_context():
        letter_kept.send(current_app._get_current_object())  # type: ignore[attr-defined]
    return folder / name
