"""Faults in the rules of the survey and its themes."""

from pathlib import Path

import pytest

from .faults import STRUCTURE, Fault

FAULTS = {
    "unknown table": Fault(STRUCTURE, "[survey]\n", "[surfey]\na = 1\n[survey]\n", "surfey: unknown key"),
    "unknown setting": Fault(
        STRUCTURE, 'slug = "tiny"', 'slug = "tiny"\nslugg = 1', "survey.slugg: unknown key", "slugg"
    ),
    "missing slug": Fault(STRUCTURE, 'slug = "tiny"\n', "", "survey.slug: is missing", "[survey]"),
    "slug with a space": Fault(
        STRUCTURE, 'slug = "tiny"', 'slug = "Tiny one"', "survey.slug: must be of small letters"
    ),
    "text that is a number": Fault(
        STRUCTURE, 'slug = "tiny"', "slug = 7", "survey.slug: must be a text, got 7"
    ),
    "unknown visibility": Fault(
        STRUCTURE,
        'slug = "tiny"',
        'slug = "tiny"\nvisibility = "secret"',
        "survey.visibility: must be one of public",
        "vis",
    ),
    "figures of the moment where anybody may join": Fault(
        STRUCTURE,
        'slug = "tiny"',
        'slug = "tiny"\npublication = "live"',
        "survey.publication: live is for surveys by invitation",
        "publication",
    ),
    "survey that closes first": Fault(
        STRUCTURE,
        "closes = 2030-01-01T00:00:00Z",
        "closes = 2020-01-01T00:00:00Z",
        "survey.closes: must be after",
    ),
    "time without a zone": Fault(
        STRUCTURE,
        "opens = 2026-11-01T00:00:00Z",
        "opens = 2026-11-01T00:00:00",
        "survey.opens: must say its time zone",
    ),
    "time that is a date": Fault(
        STRUCTURE, "opens = 2026-11-01T00:00:00Z", "opens = 2026-11-01", "survey.opens: must be a time"
    ),
    "results for everybody that participants never see": Fault(
        STRUCTURE,
        'slug = "tiny"',
        'slug = "tiny"\nreaders = "always"\nreveal = "organizers only"',
        "survey.readers: everybody would see",
        "readers",
    ),
    "results after no day": Fault(
        STRUCTURE,
        'slug = "tiny"',
        'slug = "tiny"\nreaders = "after days"\nreaders_days = 0',
        "survey.readers_days: must be 1 to 365, got 0",
        "readers_days",
    ),
    "licence in words that are missing": Fault(
        STRUCTURE,
        'slug = "tiny"',
        'slug = "tiny"\nlicence = "own words"\nlicence_words = " "',
        "survey.licence_words: say here what may be done",
        "licence_words",
    ),
    "licence at an address of scripts": Fault(
        STRUCTURE,
        'slug = "tiny"',
        'slug = "tiny"\nlicence_address = "javascript:alert(1)"',
        "survey.licence_address: must be an address that begins with https://",
        "licence_address",
    ),
    "cell too small": Fault(
        STRUCTURE, "minimum_cell = 10", "minimum_cell = 4", "survey.minimum_cell: must be 5 or more"
    ),
    "cell that is true": Fault(
        STRUCTURE, "minimum_cell = 10", "minimum_cell = true", "survey.minimum_cell: must be a whole"
    ),
    "probability of nothing": Fault(
        STRUCTURE,
        "lowest_probability = 0.001",
        "lowest_probability = 0",
        "survey.lowest_probability: must be above 0",
    ),
    "zone nowhere": Fault(
        STRUCTURE, '"Europe/Kyiv"', '"Europe/Atlantis"', "survey.zone: there is no time zone"
    ),
    "language that is a path": Fault(
        STRUCTURE, '["en", "uk"]', '["en", "uk", "../en"]', "survey.languages: must be of codes", "languages"
    ),
    "theme twice": Fault(
        STRUCTURE,
        '[[theme]]\nkey = "only"\n',
        '[[theme]]\nkey = "only"\n[[theme]]\nkey = "only" #',
        "theme.only.key: only is",
        '"only" #',
    ),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_told_with_its_file_line_and_key(fault: Fault, tmp_path: Path) -> None:
    fault.check(tmp_path)
