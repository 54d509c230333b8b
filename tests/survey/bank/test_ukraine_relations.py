"""The bank that ships: how its questions hang together."""

import pytest

from survey.bank.checking import TOLERANCE, gaps
from survey.bank.reading import bank_folder, read_bank

BANK = read_bank(bank_folder("ukraine"))


def test_it_declares_the_relations_of_its_table_and_no_other() -> None:
    declared = {relation.words for relation in BANK.relations}
    assert declared == {f"R{number}" for number in range(1, 16)} - {"R1", "R3"}
    assert {relation.key: relation.kind for relation in BANK.relations if relation.kind != "implies"} == {
        "R4": "equals",
        "R8": "equals",
        "R9": "total",
        "R11": "total",
        "R12": "total",
    }


@pytest.mark.parametrize("language", ["en", "uk"])
def test_the_relations_of_the_kinds_have_words_too(language: str) -> None:
    assert {"R1", "R3"} <= BANK.words[language].relations.keys()


def test_the_worked_answer_satisfies_every_relation() -> None:
    found = gaps(BANK, BANK.worked)
    assert {key: size for key, size in found.items() if not abs(size) <= TOLERANCE} == {}
    assert len(found) == len(BANK.relations) + 6 + 4


def test_the_front_page_has_three_scenarios() -> None:
    (tree,) = BANK.scenarios
    assert [leaf.key for leaf in tree.leaves] == ["binding", "unbound", "none"]
    assert [(axis.key, axis.pair) for axis in tree.axes] == [
        ("ceasefire", None),
        ("guarantee", "guarantee-if-ceasefire"),
        ("clash", "clash-if-ceasefire"),
        ("collapsed", None),
    ]


#: Relation: a change of the worked answer that breaks it, and by how much.
BROKEN = [
    ("order of ceasefire-when", "ceasefire-when", {"2028-12-31": 0.24}, 0.01),
    ("order of treaty-when", "treaty-when", {"2027-06-30": 0.07}, 0.01),
    ("order of nato-invitation", "nato-invitation", {"2027-12-31": 0.03}, 0.01),
    ("order of nato-accession", "nato-accession", {"2028-12-31": 0.011}, 0.001),
    ("order of eu-accession", "eu-accession", {"2030-12-31": 0.46}, 0.01),
    ("order of clash", "clash", {"2027-06-30": 0.023}, 0.001),
    ("R2.2027-06-30", "treaty-when", {"2027-06-30": 0.11}, 0.01),
    ("R2.2027-12-31", "treaty-when", {"2027-12-31": 0.26}, 0.01),
    ("R2.2028-12-31", "treaty-when", {"2028-12-31": 0.39}, 0.01),
    ("R2.2030-12-31", "treaty-when", {"2030-12-31": 0.61}, 0.01),
    ("sum of war-state-2027", "war-state-2027", {"fighting": 0.745}, 0.01),
    ("sum of guarantee-form", "guarantee-form", {"agreements": 0.84}, -0.01),
    ("sum of order-2030", "order-2030", {"quiet-front": 0.43}, 0.01),
    ("sum of escalation-rung", "escalation-rung", {"none": 0.83}, -0.01),
    ("R4", "war-state-2027", {"ceasefire": 0.175, "fighting": 0.725}, 0.01),
    ("R5.a", "war-state-2027", {"settlement": 0.07, "ceasefire": 0.14}, 0.01),
    ("R5.b", "treaty-when", {"2027-12-31": 0.095}, 0.01),
    ("R6", "ceasefire-holds", {"yes": 0.88}, 0.01),
    ("R7.2027-12-31", "nato-accession", {"2027-12-31": 0.011}, 0.001),
    ("R7.2028-12-31", "nato-accession", {"2028-12-31": 0.021}, 0.001),
    ("R7.2030-12-31", "nato-accession", {"2030-12-31": 0.06}, 0.01),
    ("R8", "nato-accession", {"2028-12-31": 0.003}, -0.001),
    ("R9", "guarantee-if-ceasefire", {"if_yes": 0.28}, -0.01),
    ("R10", "eu-accession", {"2028-12-31": 0.1}, 0.01),
    ("R11", "clash-if-forces", {"if_yes": 0.19}, -0.006),
    ("R12", "clash-if-ceasefire", {"if_yes": 0.069}, -0.01),
    ("R13.a", "escalation-rung", {"deaths": 0.032}, 0.01),
    ("R13.b", "clash", {"2027-12-31": 0.058}, 0.01),
    ("R14", "nuclear-use", {"yes": 0.002}, 0.001),
    ("R15", "order-2030", {"settlement": 0.33}, 0.01),
]


@pytest.mark.parametrize(("relation", "question", "figures", "size"), BROKEN, ids=[row[0] for row in BROKEN])
def test_a_perturbed_answer_breaks_the_relation(
    relation: str, question: str, figures: dict[str, float], size: float
) -> None:
    perturbed = {**BANK.worked, question: {**BANK.worked[question], **figures}}
    assert gaps(BANK, perturbed)[relation] == pytest.approx(size)


def test_every_relation_has_its_perturbation() -> None:
    assert {row[0] for row in BROKEN} == gaps(BANK, BANK.worked).keys()
