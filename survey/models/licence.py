"""Licences of data: under what the rows of a survey may be passed on, by their SPDX identifiers."""

from typing import NamedTuple


class DataLicence(NamedTuple):
    """A licence of data: its name, as its authors write it, and where its text is."""

    title: str
    address: str


#: Nobody has said; and the organizers' own words, with an address where they have one.
NOT_STATED, OWN_WORDS = "not stated", "own words"
#: Those that are made for data, by their identifiers, https://spdx.org/licenses/.
SPDX = {
    "CC0-1.0": DataLicence(
        "Creative Commons Zero v1.0 Universal", "https://creativecommons.org/publicdomain/zero/1.0/"
    ),
    "CC-BY-4.0": DataLicence(
        "Creative Commons Attribution 4.0 International", "https://creativecommons.org/licenses/by/4.0/"
    ),
    "CC-BY-SA-4.0": DataLicence(
        "Creative Commons Attribution Share Alike 4.0 International",
        "https://creativecommons.org/licenses/by-sa/4.0/",
    ),
    "CC-BY-NC-4.0": DataLicence(
        "Creative Commons Attribution Non Commercial 4.0 International",
        "https://creativecommons.org/licenses/by-nc/4.0/",
    ),
    "ODC-By-1.0": DataLicence(
        "Open Data Commons Attribution License v1.0", "https://opendatacommons.org/licenses/by/1-0/"
    ),
    "ODbL-1.0": DataLicence(
        "Open Data Commons Open Database License v1.0", "https://opendatacommons.org/licenses/odbl/1-0/"
    ),
    "PDDL-1.0": DataLicence(
        "Open Data Commons Public Domain Dedication & License 1.0",
        "https://opendatacommons.org/licenses/pddl/1-0/",
    ),
}
LICENCES = (NOT_STATED, *SPDX, OWN_WORDS)


class StatedLicence(NamedTuple):
    """What was said of a survey's data: an SPDX identifier where there is one, words, and an address or nothing."""

    spdx: str
    words: str
    address: str

    @property
    def name(self) -> str:
        """The SPDX identifier; of own words one of the form that SPDX keeps for what it does not list."""
        return self.spdx or "LicenseRef-as-stated"

    @property
    def sentence(self) -> str:
        """Words and address in a line.

        >>> StatedLicence("CC0-1.0", *SPDX["CC0-1.0"]).sentence
        'Creative Commons Zero v1.0 Universal, https://creativecommons.org/publicdomain/zero/1.0/'
        """
        return f"{self.words}, {self.address}" if self.address else self.words


def stated_licence(licence: str, words: str, address: str) -> StatedLicence | None:
    """One of `LICENCES` with own words beside it as it is told; None where nobody has said.

    >>> stated_licence("not stated", "", ""), stated_licence("own words", "Ask the museum", "").name
    (None, 'LicenseRef-as-stated')
    """
    if licence in SPDX:
        return StatedLicence(licence, *SPDX[licence])
    return StatedLicence("", words, address) if licence == OWN_WORDS else None
