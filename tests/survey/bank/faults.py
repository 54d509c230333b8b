"""Edits of the tiny bank, each with the one fault it makes."""

from pathlib import Path
from typing import NamedTuple

import pytest

from survey.bank.reading import read_bank
from survey.errors import BankError

from . import tiny

STRUCTURE, ENGLISH, UKRAINIAN, WORKED = "structure.toml", "en.toml", "uk.toml", "worked.toml"


def faults_of(folder: Path) -> list[str]:
    """The faults of a bank that has some."""
    with pytest.raises(BankError) as error:
        read_bank(folder)
    return error.value.faults


class Fault(NamedTuple):
    """In `file`, `old` becomes `new`; `told` is how the fault begins; it stands where `at` does, or `new`."""

    file: str
    old: str
    new: str
    told: str
    at: str = ""

    @property
    def line(self) -> int:
        """The line on which the fault must be told."""
        text = tiny.files()[self.file].replace(self.old, self.new)
        return text[: text.index(self.at or self.new)].count("\n") + 1

    def check(self, folder: Path) -> None:
        """Write the edited bank and find this fault in it, with file, line and key, and no other."""
        faults = faults_of(tiny.write_edited(folder, self.file, self.old, self.new))
        assert len(faults) == 1, faults
        wanted = f"{self.file}:{self.line}: {self.told}"
        assert faults[0][: len(wanted)] == wanted
