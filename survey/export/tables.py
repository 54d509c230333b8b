"""The tables of a snapshot: the only list of them."""

from . import forecasts, outcomes, people, questions, structure
from .declaration import Table

TABLES: tuple[Table, ...] = (
    questions.TABLE,
    *structure.TABLES,
    *people.TABLES,
    forecasts.TABLE,
    outcomes.TABLE,
)
#: The same by name.
BY_NAME = {table.name: table for table in TABLES}
