"""What people write becomes markup through an allow-list: no image, no raw HTML, no address that runs."""

import pytest

from survey.i18n.markdown import bank_text, changed_words, rationale

from .visitor import Visitor


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![picture](https://evil.example/pixel.png)",
        "[run](javascript:alert(1))",
        "[run](data:text/html;base64,PHNjcmlwdD4=)",
        '<a href="https://x" onclick="alert(1)">x</a>',
        "<style>body{display:none}</style>",
        "# A heading of my own",
    ],
)
@pytest.mark.parametrize("render", [rationale, bank_text])
def test_nothing_dangerous_becomes_markup(render: object, text: str) -> None:
    assert callable(render)
    html = str(render(text))
    for tag in ("<script", "<img", "<style", "<h1", 'href="javascript', 'href="data', '<a href="https://x"'):
        assert tag not in html


def test_links_tell_nothing_of_where_the_reader_came_from() -> None:
    html = str(rationale("[source](https://example.org/a)"))
    assert 'href="https://example.org/a"' in html
    assert 'rel="nofollow noopener noreferrer ugc"' in html
    assert 'rel="nofollow noopener noreferrer"' in str(bank_text("[source](https://example.org/a)"))


def test_lines_of_a_reason_stay_lines() -> None:
    assert "<br>" in str(rationale("one\ntwo"))


def test_sentences_of_the_bank_flow_together() -> None:
    html = str(bank_text("One.\nTwo.\n\n## Head\n\n1. first\n2. second"))
    assert "<br" not in html
    assert "<h2>Head</h2>" in html
    assert html.count("<li>") == 2


def test_changed_words_are_marked_on_both_sides_and_nothing_else_is() -> None:
    before, after = map(
        str, changed_words("It counts in Geneva alone.", "It counts in Vienna or Bern alone.")
    )
    assert before == "<p>It counts in <del>Geneva</del> alone.</p>\n"
    assert after == "<p>It counts in <ins>Vienna or Bern</ins> alone.</p>\n"


def test_equal_words_carry_no_mark_whatever_their_lines() -> None:
    for told in changed_words("One two.\nThree.", "One  two. Three."):
        assert "<del>" not in told and "<ins>" not in told


def test_changed_words_keep_their_headings_lists_and_emphasis() -> None:
    new = "## New\n\n1. first\n2. **second:** and *third*\n3. **A general ceasefire:** x"
    _, after = changed_words("## Old\n\n1. first", new)
    assert "<h2><ins>New</ins></h2>" in after
    assert after.count("<li>") == 3
    assert "<strong><ins>second:</ins></strong>" in after and "<em><ins>third</ins></em>" in after
    assert "<strong><ins>A general ceasefire:</ins></strong>" in after
    assert "*" not in after


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "\ue000<b>x</b>\ue001", "[a b](javascript:alert(1))"]
)
def test_nothing_dangerous_comes_in_by_a_change(text: str) -> None:
    for told in (*changed_words("", text), *changed_words(text, "x")):
        for tag in ("<script", "<b>", 'href="javascript'):
            assert tag not in told


def test_a_reason_is_shown_clean_on_its_receipt(person: Visitor) -> None:
    answer = person.answers("binary", rationale="<b>bold</b> & **strong** <script>alert(1)</script>")
    page = person.client.get(answer.location).text
    assert "&lt;b&gt;bold&lt;/b&gt; &amp; <strong>strong</strong>" in page
    assert "<script>alert" not in page
