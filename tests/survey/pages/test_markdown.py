"""What people write becomes markup through an allow-list: no image, no raw HTML, no address that runs."""

import pytest

from survey.markdown import bank_text, rationale

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
    assert 'rel="nofollow noopener noreferrer"' in html


def test_lines_of_a_reason_stay_lines() -> None:
    assert "<br>" in str(rationale("one\ntwo"))


def test_sentences_of_the_bank_flow_together() -> None:
    html = str(bank_text("One.\nTwo.\n\n## Head\n\n1. first\n2. second"))
    assert "<br" not in html
    assert "<h2>Head</h2>" in html
    assert html.count("<li>") == 2


def test_a_reason_is_shown_clean_on_its_receipt(person: Visitor) -> None:
    answer = person.answers("binary", rationale="<b>bold</b> & **strong** <script>alert(1)</script>")
    page = person.client.get(answer.location).text
    assert "&lt;b&gt;bold&lt;/b&gt; &amp; <strong>strong</strong>" in page
    assert "<script>alert" not in page
