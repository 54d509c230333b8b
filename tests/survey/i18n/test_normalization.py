"""Texts: one form before they are stored, and nothing taken out in silence."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.i18n.normalization import LONGEST, Unreadable, _refused, clean_text

KEPT = [
    "",
    "和平谈判",
    "<img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</script><script>alert(1)</script>",
    "[click](javascript:alert(1))",
    "{% for x in ().__class__.__bases__ %}{% endfor %}",
    "<%= 7*7 %>",
    "$(id)",
    "\\'; SELECT pg_sleep(5)--",
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)",
    " =1+1",
    "a\n=1+1",
    "tab\tbetween",
    'I said "50%", she said 60',
    "0012",
    "N/A",
    "Z\u0351\u036b\u0343\u036a\u0302" * 50,
    "👩‍👩‍👧",
    "مرحبا \u2067عالم\u2069",
    "trailing space \n\n",
    "> " * 5000,
]


@pytest.mark.parametrize("text", KEPT, ids=lambda text: repr(text[:16]))
def test_ordinary_and_hostile_texts_are_kept_to_the_letter(text: str) -> None:
    assert clean_text(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize("text", ["a\r\nb", "a\rb", "a\nb"])
def test_lines_end_in_one_way(text: str) -> None:
    assert clean_text(text) == "a\nb"


def test_accents_are_composed() -> None:
    assert clean_text("Ki\u0308v i\u0306") == "Kïv ĭ"


@pytest.mark.parametrize("text", ["\u200b\u200b", " ", "\n\n", "\u00a0\t", "\u2060\ufeff", "\u2028"])
def test_a_text_in_which_nothing_can_be_seen_is_empty(text: str) -> None:
    assert clean_text(text) == ""


@pytest.mark.parametrize(
    ("text", "place", "code"),
    [
        ("a\x00", 2, "U+0000"),
        ("a\u0007\u001b[31mred\b", 2, "U+0007"),
        ("\udc00\ud800", 1, "U+DC00"),
        ("\ufffe\uffff", 1, "U+FFFE"),
        ("ab\U0001ffff", 3, "U+1FFFF"),
        ("\ufdd0", 1, "U+FDD0"),
        ("a\x7f", 2, "U+007F"),
        ("a\x85b", 2, "U+0085"),
        ("page\x0cbreak", 5, "U+000C"),
    ],
)
def test_what_cannot_be_stored_is_refused_and_named(text: str, place: int, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        clean_text(text)
    assert str(refused.value) == (
        f"Character {place} of the text ({code}) cannot be stored. Take it out and send the text again."
    )


@pytest.mark.parametrize("unit", ["a", "😀", "\u0439", "i\u0306"])
def test_ten_thousand_characters_are_taken_however_many_bytes_they_have(unit: str) -> None:
    assert len(clean_text(unit * LONGEST)) == LONGEST


@pytest.mark.parametrize("length", [LONGEST + 1, 3 * LONGEST, 3 * LONGEST + 1, 3_000_000])
def test_one_more_is_refused_and_the_limit_named(length: int) -> None:
    with pytest.raises(Unreadable, match=rf"has {length} characters; at most 10000"):
        clean_text("a" * length)


def test_windows_line_ends_count_once() -> None:
    assert len(clean_text("a\r\n" * (LONGEST // 2))) == LONGEST


def test_a_long_run_of_accents_does_not_take_long() -> None:
    with pytest.raises(Unreadable):
        clean_text("a" + "\u0301\u0323" * 1_000_000)


def test_a_shorter_limit_may_be_set() -> None:
    with pytest.raises(Unreadable, match="at most 3"):
        clean_text("abcd", longest=3)


@given(st.text(st.characters()))
def test_a_clean_text_stays_as_it_is(text: str) -> None:
    try:
        once = clean_text(text)
    except Unreadable as unreadable:
        assert str(unreadable)
    else:
        assert clean_text(once) == once
        assert once.encode("utf-8").decode("utf-8") == once
        assert "\x00" not in once
        assert "\r" not in once


def test_nothing_that_is_refused_can_be_printed() -> None:
    """Texts that can be printed are stored without a look at each of their letters."""
    every = map(chr, range(sys.maxunicode + 1))
    assert [character for character in every if _refused(character) and character.isprintable()] == []
