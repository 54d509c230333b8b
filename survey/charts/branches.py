"""The tree of scenarios as data, and where each of its nodes is drawn."""

from collections.abc import Iterator
from dataclasses import dataclass

TREE_HEIGHT = 440

HEAD = 72

GAP = 26


@dataclass(frozen=True)
class Branch:
    """A node of the tree: percent of all futures, a colour of the palette, what it divides into.

    `low` and `high` are the bounds that need no assumption, for the table.
    """

    label: str
    value: float
    colour: str = "ink"
    children: tuple["Branch", ...] = ()
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Place:
    """Where a node is drawn: its column, its upper and lower end, the piece of its parent it comes from."""

    branch: Branch
    column: int
    top: float
    bottom: float
    parent: "tuple[float, float] | None"


def leaves_of(branch: Branch) -> list[Branch]:
    return [leaf for child in branch.children for leaf in leaves_of(child)] if branch.children else [branch]


def _together(branch: Branch) -> bool:
    """Whether the children are slices of their parent, drawn without a gap."""
    ends = all(not child.children for child in branch.children)
    return ends and any(is_clash(child) for child in branch.children)


def pixels_per_percent(root: Branch) -> float:
    groups = _groups(root)
    return (TREE_HEIGHT - HEAD - GAP * groups - 8) / 100


def _groups(branch: Branch) -> int:
    """How many pieces stand apart at the end of the tree."""
    if not branch.children or _together(branch):
        return 1
    return sum(_groups(child) for child in branch.children)


def places_of(root: Branch, scale: float) -> Iterator[Place]:
    """Every node with its place; the ends one below the other, the rest in the middle of their children."""
    ends: dict[int, tuple[float, float]] = {}
    cursor = float(HEAD + GAP / 2)

    def settle(branch: Branch) -> tuple[float, float]:
        nonlocal cursor
        tall = branch.value * scale
        if not branch.children:
            ends[id(branch)] = (cursor, cursor + max(tall, 1.0))
            cursor = ends[id(branch)][1]
            return ends[id(branch)]
        if _together(branch):
            _slice(branch, cursor, tall, ends)
            ends[id(branch)] = (cursor, cursor + tall)
            cursor += tall
            return ends[id(branch)]
        spans = []
        for child in branch.children:
            spans.append(settle(child))
            cursor += 0 if child.children and not _together(child) else GAP
        middle = (spans[0][0] + spans[-1][1]) / 2
        ends[id(branch)] = (middle - tall / 2, middle + tall / 2)
        return ends[id(branch)]

    settle(root)

    def walk(branch: Branch, column: int, parent: tuple[float, float] | None) -> Iterator[Place]:
        top, bottom = ends[id(branch)]
        yield Place(branch, column, top, bottom, parent)
        start = top
        for child in branch.children:
            tall = ends[id(child)][1] - ends[id(child)][0]
            yield from walk(child, column + 1, (start, start + tall))
            start += tall

    yield from walk(root, 0, None)


def _slice(branch: Branch, top: float, tall: float, ends: dict[int, tuple[float, float]]) -> None:
    """Cut a node into its ends; a clash takes at least 2 px, from the others."""
    least = {
        id(child): max(2.0, child.value / branch.value * tall) for child in branch.children if is_clash(child)
    }
    rest = sum(child.value for child in branch.children if not is_clash(child)) or 1.0
    left = tall - sum(least.values())
    for child in branch.children:
        height = least.get(id(child), left * child.value / rest)
        ends[id(child)] = (top, top + height)
        top += height


def is_clash(branch: Branch) -> bool:
    return branch.colour == "vermilion"
