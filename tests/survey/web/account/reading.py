"""What is read from letters and pages."""

import re

from flask_mail import Message
from werkzeug.test import TestResponse


def path_in(letter: Message) -> str:
    """The path of the one link in a letter."""
    (link,) = re.findall(r"https?://\S+", letter.body or "")
    return re.sub(r"https?://[^/]+", "", link)


def without_tokens(answer: TestResponse) -> tuple[int, str]:
    """Status and page, without what differs each time."""
    text = re.sub(r'(name="(?:csrf_token|next|join_key)"[^>]* value=)"[^"]+"', r"\1", answer.text)
    return answer.status_code, text
