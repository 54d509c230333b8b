"""The tree of scenarios as data, and where each of its nodes is drawn."""

from collections.abc import Iterator
from dataclasses import dataclass

TREE_HEIGHT = 440
"""Pixels of a tree's picture, where its ends do not need more."""

HEAD = 72

GAP = 26

ROW = 34
"""Pixels of the row of an end at least: two lines of its name."""


@dataclass(frozen=True)
class Branch:
    """A node of the tree: percent of all futures, a colour of the palette, what it divides into.

    An end has the cells of its row beside it: its whole name, figures, bounds.
    """

    label: str
    value: float
    colour: str = "ink"
    children: tuple["Branch", ...] = ()
    row: tuple[str, ...] = ()


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


def tree_height(root: Branch) -> int:
    """Pixels of the whole picture: every end has room for its row."""
    return max(TREE_HEIGHT, HEAD + ROW * len(leaves_of(root)))


def row_places(root: Branch) -> list[float]:
    """The middle of each end's row: evenly set, whatever the ends' own heights."""
    count = len(leaves_of(root))
    step = (tree_height(root) - HEAD) / count
    return [HEAD + step * (place + 0.5) for place in range(count)]


def pixels_per_percent(root: Branch) -> float:
    groups = _groups(root)
    return (tree_height(root) - HEAD - GAP * groups - 8) / 100


def _groups(branch: Branch) -> int:
    """How many pieces stand apart at the end of the tree."""
    if not branch.children or _together(branch):
        return 1
    return sum(_groups(child) for child in branch.children)


def places_of(root: Branch, scale: float) -> Iterator[Place]:
    """Every node with its place; the ends one below the other, the rest in the middle of their children."""
    # By identity: two branches may be equal in all they say.
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
            ends[id(branch)] = (cursor, _slice(branch, cursor, scale, ends))
            cursor = ends[id(branch)][1]
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


def _slice(branch: Branch, top: float, scale: float, ends: dict[int, tuple[float, float]]) -> float:
    """Cut a node into its ends, and where it ends itself; a clash takes at least 2 px, from the others."""
    least = {id(child): max(2.0, child.value * scale) for child in branch.children if is_clash(child)}
    rest = sum(child.value for child in branch.children if not is_clash(child)) or 1.0
    left = max(branch.value * scale - sum(least.values()), 1.0)
    for child in branch.children:
        height = least.get(id(child), left * child.value / rest)
        ends[id(child)] = (top, top + height)
        top += height
    return top


def is_clash(branch: Branch) -> bool:
    # The one colour that is for this and for nothing else.
    return branch.colour == "vermilion"
