"""What kinds of questions and relations are called, wherever somebody reads of them."""

from ..i18n.locale import gettext as _


def kind_in_words(kind: str) -> str:
    """A kind of question as the editor names it."""
    return {
        "binary": _("Yes or no"),
        "choice": _("One of several"),
        "ordered": _("One of several, in order"),
        "ladder": _("By several dates"),
        "numeric": _("A number"),
        "date": _("A day"),
        "pair": _("In two cases"),
    }.get(kind, _("No kind yet"))


def relation_in_words(kind: str) -> str:
    """A kind of relation."""
    return {
        "implies": _("If the first happens, so does the second"),
        "equals": _("Both happen, or neither does"),
        "excludes": _("At most one of them happens"),
        "partition": _("Exactly one of them happens"),
        "total": _("The two cases of a question make up this event"),
    }.get(kind, _("No kind yet"))
