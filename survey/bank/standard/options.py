"""Options that can be told apart, do not overlap and leave nothing out."""

from collections.abc import Iterator

from ...i18n.locale import gettext as _
from ..keys import look_alikes, said_alike
from .advice import Draft, Found, Remark, find
from .ranges import LabelRange, range_in, seams
from .words import REST

CHOSEN = ("choice", "ordered")


def labels_alike(draft: Draft) -> Iterator[Remark]:
    """Two labels that look the same."""
    for key, twin in look_alikes(draft.labels):
        label = draft.labels[key]
        yield Remark(("options", key), (Found(label, 0, len(label)),), said_alike(twin))


def _ranges(draft: Draft) -> list[tuple[LabelRange, str]]:
    """The ranges of labels with the options' keys, from the lowest; none unless every other label names one."""
    if draft.question.kind not in CHOSEN:
        return []
    read = {key: range_in(label) for key, label in draft.labels.items()}
    named = [(found, key) for key, found in read.items() if found]
    others = [draft.labels[key] for key, found in read.items() if not found]
    if len(named) < 2 or not all(find(REST.get(draft.language), label) for label in others):
        return []
    return sorted(named, key=lambda one: (one[0].low, one[0].high))


def _seam(draft: Draft, kind: str, sentence: str) -> Iterator[Remark]:
    ranges = _ranges(draft)
    for seam in seams([found for found, _key in ranges]):
        if seam.kind == kind:
            key = ranges[seam.lower + 1][1]
            label = draft.labels[key]
            yield Remark(("options", key), (Found(label, 0, len(label)),), sentence)


def ranges_overlap(draft: Draft) -> Iterator[Remark]:
    """A number that belongs to two options."""
    return _seam(
        draft, "overlap", _("Let it begin above the end of the one before: a number belongs to both.")
    )


def ranges_leave_a_gap(draft: Draft) -> Iterator[Remark]:
    """A number that belongs to no option, between two or beyond the last."""
    yield from _seam(
        draft, "gap", _("Let it begin where the one before ends: numbers between belong to none.")
    )
    ranges = _ranges(draft)
    if not ranges or len(ranges) < len(draft.labels):
        return
    highest, key = max(ranges, key=lambda one: one[0].high)
    lowest, low_key = ranges[0]
    whole = "%" in draft.labels[key]
    if highest.high < float("inf") and not (whole and highest.high == 100):
        yield _end(draft, key, _("Say “or more” in the highest: what lies above belongs to none."))
    if lowest.low > 0:
        yield _end(draft, low_key, _("Say “or less” in the lowest: what lies below belongs to none."))


def _end(draft: Draft, key: str, sentence: str) -> Remark:
    label = draft.labels[key]
    return Remark(("options", key), (Found(label, 0, len(label)),), sentence)


def no_rest(draft: Draft) -> Iterator[Remark]:
    """A choice without an option, or a last test in its criteria, for whatever the others leave."""
    texts = [*draft.labels.values(), draft.text("criteria")]
    known = draft.question.kind == "choice" and draft.language in REST and not _ranges(draft)
    if (
        known
        and any(text.strip() for text in texts)
        and not any(find(REST[draft.language], one) for one in texts)
    ):
        yield Remark(("options",), (), _("Add “none of these”: one option must come true, whatever happens."))
