"""Scenario trees of a draft: trees, their axes, asides and leaves added, moved, taken out. Each act is one change."""

from sqlalchemy.orm import Session

from ..bank.document import Document
from ..bank.keys import new_key
from ..bank.paths import ORDER, Edit, KeyPath, value_at
from ..i18n.locale import gettext
from ..models import SurveyDraft, User
from .draft_questions import keys_of, known_thing, languages_of, save_or_refuse
from .drafts import InvalidDraft, locked

#: The parts of a tree: events in which scenarios differ, events told beside them, the scenarios.
AXES, ASIDES, LEAVES = "axes", "also", "leaves"
PARTS_OF_TREE = (AXES, ASIDES, LEAVES)


def add_scenario(session: Session, draft: SurveyDraft, user: User | None, titles: dict[str, str]) -> str:
    """Add a scenario tree with its title by language, and nothing in it yet; its key."""
    draft = locked(session, draft)
    key = new_key(next(iter(titles.values()), ""), keys_of(draft.document, "scenario"), "scenarios")
    edits: list[Edit] = [(("structure", "scenario", key), {"key": key, AXES: [], LEAVES: []})]
    edits += [
        (("words", code, "scenario", key), {"title": titles.get(code)})
        for code in languages_of(draft.document)
    ]
    save_or_refuse(session, draft, user, edits, "add a scenario")
    return key


def parts_of(document: Document, key: str, part: str) -> list[str]:
    """The keys of a tree's axes, asides or leaves, in their order."""
    held = value_at(document, (*_tree(key), part))
    if isinstance(held, dict):
        return list(held)
    return [one["key"] for one in held if isinstance(one.get("key"), str)] if isinstance(held, list) else []


def add_part(
    session: Session, draft: SurveyDraft, user: User | None, key: str, part: str, titles: dict[str, str]
) -> str:
    """Add an axis, an aside or a leaf to a tree, after the others, with its words by language; its key.

    Raises
    ------
    InvalidDraft
        Where the tree was taken out meanwhile.
    """
    draft = locked(session, draft)
    known_thing(draft.document, "scenario", key)
    # One key for what scenarios differ in and for what is told beside: their words may not be mistaken either.
    taken = [one for other in PARTS_OF_TREE for one in parts_of(draft.document, key, other)]
    name = new_key(
        next(iter(titles.values()), ""), [*taken, "key"], "event" if part != LEAVES else "scenario"
    )
    edits: list[Edit] = [((*_tree(key), part, name), {} if part == ASIDES else {"key": name})]
    for code in languages_of(draft.document):
        title = titles.get(code)
        edits.append((_words(code, key, part, name), {"title": title} if part == LEAVES else title))
    save_or_refuse(session, draft, user, edits, f"add to {part}")
    return name


def take_out_part(
    session: Session, draft: SurveyDraft, user: User | None, key: str, part: str, name: str
) -> None:
    """Take an axis, an aside or a leaf out of a tree, with its words; of an axis what scenarios say of it goes too.

    Raises
    ------
    InvalidDraft
        Where it is not there any more.
    """
    draft = locked(session, draft)
    order = _order(draft.document, key, part, name)
    left = [one for one in order if one != name]
    edits: list[Edit] = [(_words(code, key, part, name), None) for code in draft.document.get("words", {})]
    if part == AXES:
        edits += [(_words(code, key, "branches", name), None) for code in draft.document.get("words", {})]
        leaves = parts_of(draft.document, key, LEAVES)
        edits += [((*_tree(key), LEAVES, leaf, name), None) for leaf in leaves]
        edits += _of_root(key, left)
    if part != ASIDES:
        # The order first: taken back, it is put right last.
        edits.insert(0, ((*_tree(key), part, ORDER), [*left, name]))
    save_or_refuse(session, draft, user, [*edits, ((*_tree(key), part, name), None)], f"take out of {part}")


def move_part(
    session: Session, draft: SurveyDraft, user: User | None, key: str, part: str, name: str, place: int
) -> None:
    """Move an axis or a leaf to a place, counted from 1; an axis that becomes the root is given nothing.

    Raises
    ------
    InvalidDraft
        Where it is not there any more.
    """
    draft = locked(session, draft)
    order = [one for one in _order(draft.document, key, part, name) if one != name]
    place = min(max(place, 1), len(order) + 1)
    order.insert(place - 1, name)
    edits: list[Edit] = [((*_tree(key), part, ORDER), order)]
    save_or_refuse(
        session, draft, user, edits + (_of_root(key, order) if part == AXES else []), f"move in {part}"
    )


def _of_root(key: str, axes: list[str]) -> list[Edit]:
    return [((*_tree(key), AXES, axes[0], "given"), None)] if axes else []


def _tree(key: str) -> KeyPath:
    return ("structure", "scenario", key)


def _words(code: str, key: str, part: str, name: str) -> KeyPath:
    return ("words", code, "scenario", key, part, name)


def _order(document: Document, key: str, part: str, name: str) -> list[str]:
    """The keys of a part, one of which is to be moved or taken out."""
    known_thing(document, "scenario", key)
    order = parts_of(document, key, part)
    if name not in order:
        raise InvalidDraft({"scenario": gettext("It is not there any more: somebody has taken it out.")})
    return order
