"""Every setting of the application, read from the environment as PARLEY_NAME.

`SETTINGS` is the reference: name, default, meaning. The README's table and `parley settings` print it.
"""

import contextlib
import difflib
import os
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Setting:
    """One setting: its default as it would stand in the environment, and what it means."""

    name: str
    default: str
    meaning: str
    read: Callable[[str], Any] = str


def _yes(text: str) -> bool:
    if text.lower() in ("1", "yes", "true", "on"):
        return True
    if text.lower() in ("0", "no", "false", "off", ""):
        return False
    raise ValueError(f"expected yes or no, got {text!r}")


def _yes_or_nothing(text: str) -> bool | None:
    return _yes(text) if text else None


def _one_of(*values: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text in values:
            return text
        *others, last = (value or "nothing" for value in values)
        raise ValueError(f"expected {', '.join(others)} or {last}, got {text!r}")

    return read


def _whole(least: int, most: int) -> Callable[[str], int]:
    """A whole number from `least` to `most`: one that is out of range would be an error of each request only."""

    def read(text: str) -> int:
        if text.isascii() and text.isdigit() and len(text) <= 12 and least <= int(text) <= most:
            return int(text)
        raise ValueError(f"expected a whole number from {least} to {most}, got {text!r}")

    return read


def _site(text: str) -> str:
    if text and not re.fullmatch(r"https?://[^\s/?#]+(?:/[^\s?#]*)?", text):
        raise ValueError(
            f"expected nothing, or an address that begins with https:// or http://, got {text!r}"
        )
    return text


def _queue(text: str) -> str:
    if text in ("", "none") or text.startswith(("redis://", "rediss://", "unix://")):
        return text
    raise ValueError("expected nothing, none or an address that begins with redis://")


def _database(text: str) -> str:
    # Not said again: a password may stand in it.
    if text and not text.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://", "postgres://")):
        raise ValueError("expected nothing, or an address that begins with postgresql:// or sqlite:///")
    return text


def _contact(text: str) -> str:
    """As an address of the kind that security.txt asks for (RFC 9116)."""
    if re.fullmatch(r"[^\s@:/]+@[^\s@:/]+", text):
        return f"mailto:{text}"
    if re.fullmatch(r"(?:|mailto:[^\s@]+@[^\s@]+|https://\S+)", text):
        return text
    raise ValueError(f"expected nothing, an email address or one that begins with https://, got {text!r}")


def _hosts(text: str) -> list[str]:
    hosts = [host.strip() for host in text.split(",") if host.strip()]
    # An address in a name's place is answered by nobody: every request would be refused.
    if any("/" in host for host in hosts):
        raise ValueError(f"expected names such as parley.example.org, without https://, got {text!r}")
    return hosts


SETTINGS = (
    Setting(
        "ENVIRONMENT",
        "development",
        "development or production; production refuses weak settings",
        _one_of("development", "production"),
    ),
    Setting("INSTANCE", "instance", "folder for the embedded database, its lock and made files"),
    Setting(
        "DATABASE_URL",
        "",
        "SQLAlchemy URL; empty: SQLite in the instance folder. PostgreSQL: postgresql+psycopg://…",
        _database,
    ),
    Setting("SECRET_KEY", "", "at least 32 random characters; development makes one in the instance folder"),
    Setting(
        "SIGNING_KEY",
        "",
        "file of the Ed25519 key (PEM) that frozen files are signed with, the same on every host;"
        " empty: one is made in the instance folder",
    ),
    Setting(
        "PUBLIC_URL", "", "address people reach the site at; links in mails and commands begin with it", _site
    ),
    Setting(
        "TRUSTED_HOSTS",
        "",
        "host names that are answered, separated by commas; empty: any in development",
        _hosts,
    ),
    Setting(
        "SECURITY_CONTACT",
        "",
        "where faults of security are told: an email address, or one that begins with https://; it stands at"
        " /.well-known/security.txt; empty: there is none",
        _contact,
    ),
    Setting("PROXIES", "0", "number of trusted proxies in front that set X-Forwarded-*", _whole(0, 100)),
    Setting("HOST", "127.0.0.1", "address the embedded server listens on"),
    Setting("PORT", "8000", "port the embedded server listens on; 0: any free one", _whole(0, 65_535)),
    Setting("THREADS", "8", "threads of the embedded server", _whole(1, 1_000)),
    Setting("BODY_LIMIT", "1048576", "bytes a request may have", _whole(1, 10**9)),
    Setting("SECURE_COOKIES", "", "yes or no; empty: yes in production", _yes_or_nothing),
    Setting("RATE_LIMITS", "yes", "limit guesses of codes and passwords by address", _yes),
    Setting(
        "JOINS_PER_HOUR",
        "60",
        "people who may join surveys from one address in an hour (of IPv6: one /64)",
        _whole(1, 10**6),
    ),
    Setting(
        "CALLS_PER_MINUTE",
        "600",
        "calls of the API by one token, or by one address without",
        _whole(1, 10**6),
    ),
    Setting(
        "REGISTRATION",
        "yes",
        "whether anybody may make an account; no: those made by command only",
        _yes,
    ),
    Setting(
        "AUTHORS",
        "",
        "who may begin a survey: anybody (with an account) or owners (of one already); empty: owners in production",
        _one_of("", "anybody", "owners"),
    ),
    Setting(
        "MAIL_SERVER", "", "host that sends emails (SMTP); empty: they are kept in the instance's outbox"
    ),
    Setting("MAIL_PORT", "587", "port of the mail server", _whole(1, 65_535)),
    Setting(
        "MAIL_SECURITY",
        "starttls",
        "how the mail server is spoken to: starttls, tls or none",
        _one_of("starttls", "tls", "none"),
    ),
    Setting("MAIL_USERNAME", "", "name at the mail server; empty: none is asked for"),
    Setting("MAIL_PASSWORD", "", "password at the mail server"),
    Setting("MAIL_SENDER", "parley@localhost", "address emails come from"),
    Setting(
        "CONFIRM_DAYS",
        "7",
        "days in which an address for emails is to be confirmed; then it is deleted (1 to 366)",
        _whole(1, 366),
    ),
    Setting(
        "INVITED_DAYS",
        "30",
        "days after which the address of an invitation that was used is deleted (1 to 366)",
        _whole(1, 366),
    ),
    Setting(
        "QUEUE",
        "",
        "where the worker's tasks wait; empty: with the database (SQLite: a file in the instance folder);"
        " redis://…: there; none: no worker beside `parley run`",
        _queue,
    ),
)


#: `PARLEY_…` that are no settings of the application: of migrations, tests and scripts (README, “Settings”).
ELSEWHERE = ("BAD_INPUTS", "DATA", "FORGET_ANSWERS", "LONG", "REQUIRE")


class NoInstance(RuntimeError):
    """There is no instance where the settings say, and who asks was not told to make one."""


class WeakSetting(RuntimeError):
    """A setting that must not go into production; the application refuses to start."""


#: Where an application has what opens its pages, for whoever writes the address of one.
DOORS = "parley.doors"


def unknown_settings(environment: Mapping[str, str] | None = None) -> list[str]:
    """A sentence for each `PARLEY_…` in `environment` that is no setting: a misspelt one is as if it were not there.

    >>> unknown_settings({"PARLEY_PROT": "9000", "PARLEY_PORT": "8000"})
    ['PARLEY_PROT is no setting and is not read; the nearest is PARLEY_PORT.']
    """
    source = os.environ if environment is None else environment
    known = [f"PARLEY_{name}" for name in (*(setting.name for setting in SETTINGS), *ELSEWHERE)]
    found = sorted(name for name in source if name.upper().startswith("PARLEY_") and name not in known)
    return [f"{name} is no setting and is not read; {_nearest(name.upper(), known)}." for name in found]


def _nearest(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, 1)
    return f"the nearest is {near[0]}" if near else "“parley settings” names all there are"


def read_settings(environment: Mapping[str, str] | None = None, *, begin: bool = True) -> dict[str, Any]:
    """All settings by name, from `environment` (default: the process's), checked.

    Parameters
    ----------
    begin
        Whether an instance may be made where there is none.

    Raises
    ------
    NoInstance
        Where there is none and none may be made.
    WeakSetting
        Where a value cannot be read, or is too weak for production.
    """
    source = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        given = source.get(f"PARLEY_{setting.name}", setting.default)
        try:
            values[setting.name] = setting.read(given)
        except ValueError as error:
            raise WeakSetting(f"PARLEY_{setting.name}: {error}") from None
    values["INSTANCE"] = instance_folder(source)
    if not begin:
        _require_instance(values)
    values["SECRET_KEY"] = values["SECRET_KEY"] or _own_secret(values)
    _refuse_weak(values)
    return values


def _require_instance(values: Mapping[str, Any]) -> None:
    """Refuse to look for anything in an instance that is not there, before it is made by looking."""
    embedded, folder = embedded_database(values), values["INSTANCE"]
    if embedded is not None and not embedded.exists():
        missing = embedded
    elif embedded is None and not (values["SECRET_KEY"] or folder.exists()):
        missing = folder
    else:
        return
    raise NoInstance(
        f"There is no {missing}: “parley db upgrade” makes it. PARLEY_INSTANCE names the folder of an instance, by"
        f" default “instance” where the command is typed. Nothing was made."
    )


def _own_secret(values: Mapping[str, Any]) -> str:
    """A secret made once for a development instance, readable by its owner alone."""
    if values["ENVIRONMENT"] == "production":
        raise WeakSetting("PARLEY_SECRET_KEY must be set in production: 32 random characters or more")
    path: Path = values["INSTANCE"] / "secret_key"
    if not path.exists():
        make_once(path, secrets.token_urlsafe(48).encode("ascii"))
    return path.read_text(encoding="ascii")


def make_once(path: Path, content: bytes) -> None:
    """Make the file of a secret, readable by its owner alone; of two processes at once the first one's stands."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Written aside and linked to its name: nobody reads half a key, and no key takes another's place.
    aside = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        # The name must not reach the disk before the key: an empty one after a power cut is never made again.
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(aside, path)
    aside.unlink()


def _refuse_weak(values: Mapping[str, Any]) -> None:
    key: str = values["SECRET_KEY"]
    if values["ENVIRONMENT"] != "production":
        return
    # Long and of few characters is a word typed again and again, not chance.
    if len(key) < 32 or len(set(key)) < 10:
        raise WeakSetting("PARLEY_SECRET_KEY is too weak: it needs 32 random characters or more")
    if not values["TRUSTED_HOSTS"]:
        raise WeakSetting("PARLEY_TRUSTED_HOSTS must name the hosts this site answers to in production")


def derive_key(secret: str, purpose: str) -> str:
    """A key of 32 bytes, as hexadecimal, for one purpose (HKDF, RFC 5869): no two uses share one.

    >>> derive_key("s" * 32, "sign-in") == derive_key("s" * 32, "snapshot")
    False
    """
    # Here alone, as in `database_url`: the table of settings needs neither keys nor a database.
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    # Without a salt (RFC 5869, 3.1): the secret is random already, and every process has to derive the same.
    expand = HKDF(hashes.SHA256(), length=32, salt=None, info=f"parley {purpose}".encode())
    return expand.derive(secret.encode()).hex()


def instance_folder(environment: Mapping[str, str] | None = None) -> Path:
    """The folder of the instance, whether or not it is there."""
    source = os.environ if environment is None else environment
    default = next(setting.default for setting in SETTINGS if setting.name == "INSTANCE")
    return Path(source.get("PARLEY_INSTANCE", default)).absolute()


#: The file of the instance that holds the address it was served at last.
_SERVED_AT = "address"


def embedded_database(values: Mapping[str, Any]) -> Path | None:
    """The file of the embedded database; None of a server's."""
    if not values["DATABASE_URL"]:
        return Path(values["INSTANCE"]) / "parley.sqlite"
    given = str(values["DATABASE_URL"])
    return Path(given.removeprefix("sqlite:///")) if given.startswith("sqlite:///") else None


def database_url(values: Mapping[str, Any]) -> str:
    """The database the settings name; plain `postgresql://` means the psycopg driver.

    Raises
    ------
    WeakSetting
        Where the setting is no address.
    """
    if not values["DATABASE_URL"]:
        return f"sqlite:///{embedded_database(values)}"
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(values["DATABASE_URL"])
    except (ArgumentError, ValueError):
        # Its own words hold the address, and a password may stand in it.
        raise WeakSetting("PARLEY_DATABASE_URL cannot be read as the address of a database") from None
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    return url.render_as_string(hide_password=False)


def site_address(values: Mapping[str, Any]) -> str:
    """Where people reach the site, without a slash at its end: every link in a letter or of a command begins with it.

    It is never read from a request, whose `Host` anybody can write.

    >>> site_address({"PUBLIC_URL": "https://parley.example.org/"})
    'https://parley.example.org'
    """
    if values["PUBLIC_URL"]:
        return str(values["PUBLIC_URL"]).rstrip("/")
    if values["ENVIRONMENT"] == "production":
        return f"https://{values['TRUSTED_HOSTS'][0]}"
    served = values["INSTANCE"] / _SERVED_AT
    return served.read_text() if served.exists() else _served_address(values, values["PORT"])


def remember_address(values: Mapping[str, Any], port: int) -> str:
    """Note the address that is being served, so that commands beside the server know it; the site's address."""
    served = values["INSTANCE"] / _SERVED_AT
    served.write_text(_served_address(values, port))
    return site_address(values)


#: Where this machine listens for itself, or for everybody: whoever sits at it opens the site by a name.
_HERE = ("127.0.0.1", "::1", "0.0.0.0", "::")


def _served_address(values: Mapping[str, Any], port: int) -> str:
    """The address of the embedded server, by name where it has one: browsers keep passkeys for names alone."""
    host, trusted = values["HOST"], values["TRUSTED_HOSTS"]
    if host in _HERE and (not trusted or "localhost" in trusted):
        host = "localhost"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def asset_dir(name: str) -> Path:
    """Where `templates` or `migrations` lie: inside the installed package, or beside it in a checkout."""
    inside = Path(__file__).with_name(name)
    return inside if inside.is_dir() else Path(__file__).parent.with_name(name)


def flask_config(values: Mapping[str, Any]) -> dict[str, Any]:
    """What Flask and its extensions are told, from our settings."""
    secret = values["SECRET_KEY"]
    production = values["ENVIRONMENT"] == "production"
    said: bool | None = values["SECURE_COOKIES"]
    secure = production if said is None else said
    return {
        "PARLEY": dict(values),
        "SECRET_KEY": derive_key(secret, "session"),
        "MAX_CONTENT_LENGTH": values["BODY_LIMIT"],
        "TRUSTED_HOSTS": values["TRUSTED_HOSTS"] or None,
        # A browser takes a cookie of this name over TLS and from this very host alone: no neighbour can set one.
        "SESSION_COOKIE_NAME": "__Host-parley" if secure else "parley",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        # Not Strict: who comes by a link in an email is known all the same.
        "SESSION_COOKIE_SAMESITE": "Lax",
        # Who answers is never signed out by time; whoever runs a survey is (`authentication.IDLE`).
        "PERMANENT_SESSION_LIFETIME": timedelta(days=400),
        "SESSION_REFRESH_EACH_REQUEST": False,
        # A form's token lives as long as its session: who writes a reason for an hour sends it all the same.
        "WTF_CSRF_TIME_LIMIT": None,
        # Our pages tell browsers to send no referrer; `authentication.Forgery` reads the origin instead.
        "WTF_CSRF_SSL_STRICT": False,
        # Asked first whether it still lives: after a restart of the database each kept connection were an error.
        "SQLALCHEMY_ENGINES": {"default": {"url": database_url(values), "pool_pre_ping": True}},
        "BOOTSTRAP_SERVE_LOCAL": True,
        "BABEL_DEFAULT_LOCALE": "en",
        "BABEL_DEFAULT_TIMEZONE": "UTC",
        "BABEL_TRANSLATION_DIRECTORIES": str(Path(__file__).parent / "i18n" / "translations"),
        "RATELIMIT_ENABLED": values["RATE_LIMITS"],
        # Of each process for itself: what addresses have asked for is written nowhere.
        "RATELIMIT_STORAGE_URI": "memory://",
        "RATELIMIT_HEADERS_ENABLED": False,
        **_mail_config(values),
        **_account_config(values, secure),
    }


def _mail_config(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without a server nothing is sent: `survey.notifications.transport` keeps letters in the outbox instead."""
    return {
        "MAIL_SERVER": values["MAIL_SERVER"] or "localhost",
        "MAIL_PORT": values["MAIL_PORT"],
        "MAIL_USE_TLS": values["MAIL_SECURITY"] == "starttls",
        "MAIL_USE_SSL": values["MAIL_SECURITY"] == "tls",
        "MAIL_USERNAME": values["MAIL_USERNAME"] or None,
        "MAIL_PASSWORD": values["MAIL_PASSWORD"] or None,
        "MAIL_DEFAULT_SENDER": values["MAIL_SENDER"],
        "MAIL_SUPPRESS_SEND": not values["MAIL_SERVER"],
        # A letter in the log would put addresses and links there.
        "MAIL_DEBUG": False,
    }


def _account_config(values: Mapping[str, Any], secure: bool) -> dict[str, Any]:
    """Accounts as Flask-Security keeps them: what may be done, and what each step asks for."""
    secret = values["SECRET_KEY"]
    return {
        # Of its pages too: `_by_session_alone` of survey/security/authentication.py says why.
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_PASSWORD_SALT": derive_key(secret, "password"),
        "SECURITY_PASSWORD_HASH": "argon2",
        # In links of letters, under a signature: nothing there is worth half a million rounds at each look.
        "SECURITY_HASHING_SCHEMES": ["hex_sha256"],
        "SECURITY_PASSWORD_LENGTH_MIN": 12,
        # One password, whichever keyboard has composed its letters.
        "SECURITY_PASSWORD_NORMALIZE_FORM": "NFKC",
        "SECURITY_USE_REGISTER_V2": True,
        "SECURITY_REGISTERABLE": values["REGISTRATION"],
        "SECURITY_CONFIRMABLE": True,
        "SECURITY_RECOVERABLE": True,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_CHANGE_EMAIL": True,
        # No look at DNS: whom a site writes to is told to no resolver, and it works without a network.
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
        "SECURITY_EMAIL_HTML": False,
        # Whether an address has an account tells that its owner takes part.
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        # It would keep from where and when each account signed in.
        "SECURITY_TRACKABLE": False,
        # An image on another page asks for an address by GET, and would sign its reader out.
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_POST_LOGIN_VIEW": "/surveys",
        "SECURITY_POST_LOGOUT_VIEW": "/",
        "SECURITY_POST_REGISTER_VIEW": "/login",
        "SECURITY_POST_CHANGE_VIEW": "/account",
        "SECURITY_POST_CHANGE_EMAIL_VIEW": "/account",
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        # Whoever reads somebody's mailbox has their password by a reset: a code sent there would be no second factor.
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_TWO_FACTOR_RESCUE_MAIL": values["MAIL_SENDER"],
        "SECURITY_TWO_FACTOR_VALIDITY_COOKIE": {"httponly": True, "secure": secure, "samesite": "Strict"},
        "SECURITY_TOTP_SECRETS": {"1": derive_key(secret, "second factor")},
        "SECURITY_TOTP_ISSUER": "Parley",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_WEBAUTHN": True,
        "SECURITY_WAN_RP_NAME": "Parley",
        # Which passkeys belong to an address would tell that it has an account.
        "SECURITY_WAN_ALLOW_USER_HINTS": False,
    }
