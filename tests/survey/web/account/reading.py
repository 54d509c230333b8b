"""What is read from letters."""

import re

from flask_mail import Message


def path_in(letter: Message) -> str:
    """The path of the one link in a letter."""
    (link,) = re.findall(r"https?://\S+", letter.body or "")
    return re.sub(r"https?://[^/]+", "", link)
