"""The same services from a terminal: `parley`, a file for each noun, one line printed for what was done."""

from . import (
    accounts,
    audit,
    backtest,
    backups,
    banks,
    bundles,
    database,
    drafts,
    keys,
    preregistration,
    resolutions,
    server,
    surveys,
    tasks,
)
from .root import main

#: Importing a file hangs its commands on `main`.
NOUNS = (
    accounts,
    audit,
    backtest,
    backups,
    banks,
    bundles,
    database,
    drafts,
    keys,
    preregistration,
    resolutions,
    server,
    surveys,
    tasks,
)

__all__ = ["NOUNS", "main"]
