"""What a file that is no bundle, or a damaged one, is refused with, whoever reads it."""

import struct
import zlib
from zipfile import BadZipFile

#: What reading a damaged zip ends with, whatever is in its files; a member under a password is a RuntimeError.
OF_A_ZIP = (BadZipFile, EOFError, RuntimeError, struct.error, zlib.error)


class NotABundle(Exception):
    """A file that is no bundle, is damaged beyond reading, or lacks a table or column; its sentence says which.

    Not a ValueError: a cell that is no number is one too, and says nothing of the file.
    """
