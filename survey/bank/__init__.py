"""Question banks: surveys written as TOML files, read, checked and loaded into the store."""

from .checking import check_bank
from .loading import load_bank
from .reading import available_banks

__all__ = ["available_banks", "check_bank", "load_bank"]
