"""What the banks that ship leave for whoever runs a survey to fill in."""

from functools import cache

from .reading import available_banks, bank_folder, read_bank


def names_nobody(organizer: str) -> bool:
    """Whether words about who runs a survey are still those of a bank that ships.

    >>> names_nobody("The Institute of Peace, Kyiv, peace@example.org")
    False
    """
    return organizer in _shipped()


@cache
def _shipped() -> frozenset[str]:
    """What every bank that ships says of who runs it, in every language."""
    banks = [read_bank(bank_folder(name)) for name in available_banks()]
    return frozenset(words.survey.organizer for bank in banks for words in bank.words.values())
