"""Names of rows about people: HMAC-SHA-256 of what they are and their number, whichever way they are made."""

import hmac

import pytest

from survey.export.snapshots import SnapshotKey, pseudonym, pseudonyms


@pytest.mark.parametrize("length", [1, 32, 64, 65])
def test_a_name_is_the_beginning_of_an_hmac(length: int) -> None:
    key, name = b"k" * length, pseudonyms(b"k" * length, "submission")
    for number in (0, 7, 1_234_567):
        digest = hmac.digest(key, f"submission {number}".encode(), "sha256").hex()
        assert name(number) == pseudonym(key, "submission", number) == f"s{digest[:16]}"


def test_people_alone_are_named_under_the_key_of_people() -> None:
    key = SnapshotKey(b"k" * 32)
    key.people = b"K" * 32
    assert pseudonyms(key, "participant")(1) == pseudonym(b"K" * 32, "participant", 1)
    assert pseudonyms(key, "submission")(1) == pseudonym(b"k" * 32, "submission", 1)
