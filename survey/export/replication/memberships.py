"""`memberships.csv` to the people of a survey, and the groups that segments are made of."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...aggregation.segments import ENTRY
from ...aggregation.specification import GroupChoice, Groups
from ..suppression import SUPPRESSED
from .bundle import Rows
from .question_rows import day_of, listed


@dataclass(frozen=True)
class People:
    """Everybody in a bundle.

    Attributes
    ----------
    names
        Their pseudonyms, rising: the id of each is its place.
    groups
        Who is in which, by id; of no family in which somebody's answer is withheld.
    withheld
        Those families, as `group` and the key of the question: their figures cannot be computed again.
    """

    names: NDArray[np.str_]
    groups: Groups
    withheld: frozenset[str] = frozenset()


def people_of(rows: Rows) -> People:
    """Everybody, from the rows of the file.

    Raises
    ------
    KeyError, ValueError
        Where a column is missing, or a cell cannot be read.
    """
    names = sorted({row["participant_id"] for row in rows})
    ids = {name: place for place, name in enumerate(names)}
    said, entries = [], dict[str, dict[int, int]]()
    # A bundle from before there was suppression does not say so: nothing in it is withheld.
    withheld = frozenset(row["family"] for row in rows if row.get("status") == SUPPRESSED)
    # By number and not by day: of two answers of one day the last stands.
    for row in sorted(rows, key=lambda row: (row["participant_id"], int(row["seq"]))):
        person, family = ids[row["participant_id"]], row["family"]
        if family == ENTRY:
            entries.setdefault(row["segments"], {})[person] = day_of(row["since"])
        elif family not in withheld:
            about = family.partition(" ")[2]
            said.append(GroupChoice(person, about, day_of(row["since"]), tuple(listed(row["segments"]))))
    return People(np.array(names, dtype=str), Groups(tuple(said), dict(sorted(entries.items()))), withheld)
