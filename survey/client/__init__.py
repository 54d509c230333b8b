"""A Python client of the JSON interface: one typed method for each operation; needs `httpx` and nothing of the site.

>>> from survey.client import Client
>>> with Client("https://parley.example", token="parley_…") as client:  # doctest: +SKIP
...     for question in client.list_questions("ukraine"):
...         print(question["key"], question["state"])
...     client.forecast("ukraine", "leaders-meet", {"values": {"p-yes": 0.125}})

Lists are iterators that ask for their next part when it is needed. Files go to disk, and under their name only when
they are whole. A call that the site was too busy for is sent again when it says; an act keeps its `Idempotency-Key`,
so that it is done once. Whatever is refused is raised as `Refused`, with each field's sentence.
"""

from . import answers as answers
from .operations import Operations
from .transport import Damaged as Damaged
from .transport import Refused as Refused
from .transport import Row as Row

__all__ = ["Client", "Damaged", "Refused", "Row", "answers"]


class Client(Operations):
    """Calls of one site by one token, or by none.

    Parameters
    ----------
    site
        Its address, `https://parley.example`.
    token
        A participant's or a user's; None: what anybody may ask.
    language
        In which words are answered: `en`, `uk`; the site's own where it has none in it.
    transport
        In the place of the network: `httpx.WSGITransport(app=app)` calls an application in this process.
    tries
        How often a call is sent at most, where the site is too busy or away.
    patience
        Seconds that are waited at most before a call is sent again.

    Raises
    ------
    Refused
        By every method, for an answer that is no success.
    httpx.TransportError
        Where the site cannot be reached, also after several tries.
    """
