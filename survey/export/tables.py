"""The tables of a snapshot: the only list of them."""

from . import (
    coherence,
    disclosure,
    figures,
    forecasts,
    kept_clashes,
    outcomes,
    people,
    questions,
    structure,
    tied_figures,
)
from .declaration import Table

TABLES: tuple[Table, ...] = (
    questions.TABLE,
    *structure.TABLES,
    *people.TABLES,
    forecasts.TABLE,
    outcomes.TABLE,
    coherence.TABLE,
    kept_clashes.TABLE,
    *figures.TABLES,
    *tied_figures.TABLES,
    disclosure.TABLE,
)
#: The same by name.
BY_NAME = {table.name: table for table in TABLES}
