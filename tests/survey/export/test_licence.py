"""The licence of a survey's data stands in every document of a bundle that has a place for one."""

import json
from datetime import date

import pytest
import yaml

from survey.export import croissant, datapackage, ddi, readme
from survey.export.description import ASK, NO_LICENCE, Description
from survey.export.options import FreezeOptions
from survey.models.licence import SPDX, StatedLicence, stated_licence

BY = StatedLicence("CC-BY-4.0", *SPDX["CC-BY-4.0"])
OWN = StatedLicence("", "For teaching; ask the museum", "https://museum.example/terms")
WORDS_ALONE = StatedLicence("", "For teaching", "")


def described(stated: StatedLicence | None) -> Description:
    day, words = date(2027, 1, 1), {"en": "Weather"}
    return Description(
        "weather",
        1,
        day,
        day,
        words,
        words,
        words,
        {"en": ""},
        ["en"],
        day,
        day,
        "",
        "0.1",
        False,
        FreezeOptions(),
        stated,
    )


@pytest.mark.parametrize(
    ("stated", "name", "cited"),
    [
        (None, NO_LICENCE, {}),
        (BY, "CC-BY-4.0", {"license": "CC-BY-4.0"}),
        (OWN, "LicenseRef-as-stated", {"license-url": "https://museum.example/terms"}),
        (WORDS_ALONE, "LicenseRef-as-stated", {}),
    ],
    ids=["not stated", "of the list", "own words", "own words without an address"],
)
def test_every_document_tells_it(stated: StatedLicence | None, name: str, cited: dict[str, str]) -> None:
    told = described(stated)
    words, address = (stated.words, stated.address) if stated else (ASK, "")
    (licence,) = json.loads(datapackage.text(told))["licenses"]
    assert licence == {"name": name, "title": words, **({"path": address} if address else {})}
    assert json.loads(croissant.text(told))["license"] == (address or words)
    for text in (ddi.text(told), "".join(readme.readme(told))):
        assert words in text and address in text
    citation = yaml.safe_load(readme.citation(told))
    assert {key: value for key, value in citation.items() if key.startswith("license")} == cited


def test_each_of_the_list_is_named_by_its_spdx_identifier() -> None:
    for key, one in SPDX.items():
        found = stated_licence(key, "", "")
        assert found is not None and found.name == key and found.address == one.address
