"""The site signs with one key of its own: made once, readable by its owner alone, never taken for another."""

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from survey.security.signing import NAME, NotAKey, public_key_of, sign, site_public_key, verifies


def settings(folder: Path, key: Path | str = "") -> dict[str, object]:
    return {"INSTANCE": folder, "SIGNING_KEY": str(key)}


def test_the_key_is_made_once_and_is_its_owner_s_alone(tmp_path: Path) -> None:
    first = site_public_key(settings(tmp_path))
    assert site_public_key(settings(tmp_path)) == first
    assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


def test_hosts_share_a_key_that_is_named(tmp_path: Path) -> None:
    key = tmp_path / "shared.pem"
    one, other = (settings(tmp_path / host, key) for host in ("one", "other"))
    made = sign(b"what was said", one)
    assert verifies(b"what was said", made.signature, site_public_key(other))


def test_nothing_else_verifies(tmp_path: Path) -> None:
    made = sign(b"what was said", settings(tmp_path / "one"))
    assert not verifies(b"what was meant", made.signature, made.public_key)
    assert not verifies(b"what was said", made.signature, site_public_key(settings(tmp_path / "other")))
    assert not verifies(b"what was said", b"", made.public_key)
    assert not verifies(b"what was said", made.signature, b"no key")


def test_a_file_that_holds_no_such_key_is_named_and_left_as_it_is(tmp_path: Path) -> None:
    rsa = generate_private_key(65537, 2048)
    pem = rsa.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for content in (b"", b"nonsense", pem):
        (tmp_path / NAME).write_bytes(content)
        with pytest.raises(NotAKey, match=NAME):
            sign(b"what was said", settings(tmp_path))
        assert (tmp_path / NAME).read_bytes() == content
    with pytest.raises(NotAKey):
        public_key_of(b"nonsense")
