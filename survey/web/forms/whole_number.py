"""Whole numbers that a form or an address carries: ids, revisions, places, pages."""

#: The largest that an id of the store can be.
LARGEST = 2**31 - 1


def whole_number(text: str | None, most: int = LARGEST) -> int | None:
    """A whole number from 0 to `most` in the digits of any script, as Unicode has them; None for everything else.

    >>> whole_number("12"), whole_number(""), whole_number("-1"), whole_number("٣"), whole_number("9" * 4000)
    (12, None, None, 3, None)
    """
    if not text or len(text) > len(str(most)) or not text.isdecimal():
        return None
    number = int(text)
    return number if number <= most else None
