"""One invitation by letter in words and steps: how far it came, and why its letter was refused."""

from collections.abc import Sequence

from ...i18n.locale import gettext as _
from ...i18n.locale import ngettext
from ...services.invitations import Batch
from ...services.invited_people import InvitedPerson


def steps(one: InvitedPerson, questions: int) -> list[str]:
    """Made, sent, joined, answered everything (where that is told): each `done`, `open` or `refused` on its way."""
    done = [True, one.letters > 0, one.state == "joined"]
    if one.answered is not None:
        done.append(one.answered >= questions)
    refused = done.index(False) if one.state == "refused" else None
    return ["done" if came else "refused" if place == refused else "open" for place, came in enumerate(done)]


def where_it_stands(one: InvitedPerson, questions: int) -> str:
    """How far an invitation came, as a sentence without its full stop."""
    match one.state:
        case "joined" if one.answered is not None:
            return _("joined, %(done)s of %(total)s answered", done=one.answered, total=questions)
        case "joined":
            return _("joined")
        case "refused":
            return _refused(one.refusal)
        case "not sent":
            return _("not sent yet")
        case "ended":
            return _("expired")
        case _:
            return ngettext("sent once, not joined", "sent %(num)s times, not joined", one.letters)


def _refused(code: str) -> str:
    """Why a mail server took no letter, by its answer to this receiver (RFC 5321, 4.2.3)."""
    match code:
        case "":
            return _("refused: no email can be sent to this address")
        case "552":
            return _("refused (%(code)s): the mailbox is full", code=code)
        case "550" | "551" | "553":
            return _(
                "refused (%(code)s): the mail server knows no such address, or accepts no email for it",
                code=code,
            )
        case _:
            return _("refused (%(code)s): the mail server accepts no email for this address", code=code)


def together(batches: Sequence[Batch]) -> dict[str, int]:
    """The counts of all batches, by name."""
    names = ("made", "sent", "refused", "used", "waiting", "expired", "revoked")
    return {name: sum(getattr(batch, name) for batch in batches) for name in names}
