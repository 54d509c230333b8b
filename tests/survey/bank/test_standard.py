"""The standard of a question: every rule finds what it is for, in both languages, and leaves good words alone."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from survey.bank.content import Event, Option, Question
from survey.bank.reading import bank_folder, read_bank
from survey.bank.standard import (
    MUST,
    OPENING,
    RULES,
    Advice,
    check_question,
    check_standard,
)
from survey.clock import day_end

OPENS = datetime(2026, 11, 15, tzinfo=UTC)
CLOSES = day_end(date(2027, 12, 31))
BINARY = Question("clash", "only", "binary", (Option("yes"),), OPENS, CLOSES, CLOSES)

#: A question against which nobody could say anything.
ENGLISH: dict[str, object] = {
    "title": "Will the two presidents meet in person by the end of 2027?",
    "short": "Presidents meet",
    "background": "They last met in Paris on 9 December 2019. At the end of 2024 they had not met again.",
    "criteria": "“Yes” if at least one meeting begins by 23:59:59 UTC on 31 December 2027.\n"
    "Evidence published before 00:00 UTC on 29 February 2028 counts.",
    "fine_print": "A call is not enough.",
    "sources": ["Reuters", "AP"],
    "unit": "",
    "options": {"yes": "Yes"},
}
UKRAINIAN: dict[str, object] = {
    "title": "Чи зустрінуться особисто двоє президентів до кінця 2027 року?",
    "short": "Зустріч президентів",
    "background": "Востаннє вони зустрічалися в Парижі 9 грудня 2019 року.",
    "criteria": "«Так», якщо щонайменше одна зустріч почнеться до 23:59:59 UTC 31 грудня 2027 року.\n"
    "До уваги беруть докази, оприлюднені до 00:00 UTC 29 лютого 2028 року.",
    "fine_print": "Телефонної розмови недостатньо.",
    "sources": ["Reuters", "AP"],
    "unit": "",
    "options": {"yes": "Так"},
}
GOOD = {"en": ENGLISH, "uk": UKRAINIAN}


def choice(*labels: str, kind: str = "choice") -> tuple[Question, dict[str, object]]:
    """A choice with these labels, and an order of tests."""
    keys = [f"o{place}" for place in range(len(labels))]
    asked = replace(BINARY, kind=kind, options=tuple(map(Option, keys)))
    return asked, ENGLISH | {"options": dict(zip(keys, labels, strict=True))}


def kinds(advice: list[Advice]) -> set[str]:
    return {one.kind for one in advice}


def with_field(language: str, field: str, text: str, question: Question = BINARY) -> list[Advice]:
    """Advice on the good question with one text other than it was."""
    own: Mapping[str, object] = {"options": {"yes": text}} if field == "options" else {field: text}
    return check_question(question, {language: GOOD[language] | dict(own)})


@pytest.mark.parametrize("language", ["en", "uk"])
def test_a_good_question_gets_no_advice(language: str) -> None:
    assert check_question(BINARY, {language: GOOD[language]}) == []


def test_the_bank_that_ships_could_be_opened_and_gets_no_advice() -> None:
    assert check_standard(read_bank(bank_folder("ukraine"))) == []


#: Rule, language, field, words to put there, what is found.
BAD = [
    ("vague word", "en", "title", "Will there be a significant attack?", "significant"),
    (
        "vague word",
        "en",
        "criteria",
        "A major loss by 23:59:59 UTC on 31 December 2027; evidence counts.",
        "major",
    ),
    ("vague word", "en", "title", "Will talks begin soon?", "soon"),
    ("vague word", "en", "title", "Is a deal likely?", "likely"),
    ("vague word", "en", "title", "Will considerable losses occur?", "considerable"),
    ("vague word", "en", "fine_print", "Substantial delays count.", "Substantial"),
    ("vague word", "en", "fine_print", "Only recent reports count.", "recent"),
    ("vague word", "en", "title", "Will around 500 troops arrive?", "around 500"),
    ("vague word", "en", "title", "Will many troops arrive?", "many"),
    ("vague word", "en", "options", "Frequent clashes", "Frequent"),
    ("vague word", "uk", "title", "Чи станеться значна атака?", "значна"),
    ("vague word", "uk", "title", "Чи невдовзі почнуться переговори?", "невдовзі"),
    ("vague word", "uk", "title", "Чи ймовірна угода?", "ймовірна"),
    ("vague word", "uk", "title", "Чи прибуде близько 500 військових?", "близько 500"),
    ("vague word", "uk", "fine_print", "Суттєві затримки зараховують.", "Суттєві"),
    ("vague word", "uk", "fine_print", "Беруть лише нещодавні звіти.", "нещодавні"),
    ("bare year", "en", "title", "Will they meet by 2027?", "by 2027"),
    ("bare year", "uk", "title", "Чи зустрінуться вони до 2027 року?", "до 2027 року"),
    ("loaded word", "en", "title", "Will the regime agree?", "regime"),
    ("loaded word", "en", "background", "It finally agreed.", "finally"),
    ("loaded word", "uk", "title", "Чи погодиться режим?", "режим"),
    ("loaded word", "uk", "background", "На жаль, згоди немає.", "На жаль"),
    ("two questions", "en", "title", "Will they meet and will they sign?", "and will"),
    ("two questions", "en", "title", "Will Poland and/or Finland leave?", "and/or"),
    ("two questions", "uk", "title", "Чи вийде Польща та/або Фінляндія?", "та/або"),
    ("two questions", "uk", "title", "Чи зустрінуться вони та чи підпишуть угоду?", "та чи"),
    ("double negation", "en", "title", "Will no state fail to pay?", "no"),
    (
        "double negation",
        "en",
        "criteria",
        "It is not impossible by 23:59:59 UTC on 31 December 2027.",
        "not impossible",
    ),
    ("double negation", "uk", "title", "Чи жодна держава не вийде?", "жодна"),
    ("unknowable", "en", "title", "Does the government intend to sign?", "intend"),
    (
        "unknowable",
        "en",
        "criteria",
        "If it would have signed by 23:59 UTC on 31 December 2027.",
        "would have",
    ),
    ("unknowable", "uk", "title", "Чи уряд таємно погодиться?", "таємно"),
    ("unknowable", "uk", "title", "Чи має уряд намір підписати?", "намір"),
    ("no threshold", "en", "title", "Will more than the usual come?", "more than"),
    ("no threshold", "uk", "title", "Чи прибуде понад норму?", "понад"),
    ("background argues", "en", "background", "The two should meet.", "should"),
    ("background argues", "uk", "background", "Їм слід зустрітися.", "слід"),
    ("background too late", "en", "background", "They met on 3 March 2027.", "3 March 2027"),
    ("background too late", "uk", "background", "Вони зустрілися 3 березня 2027 року.", "3 березня 2027"),
    (
        "deadline differs",
        "en",
        "criteria",
        "By 23:59:59 UTC on 30 June 2027; evidence counts.",
        "30 June 2027",
    ),
    ("deadline differs", "uk", "criteria", "До 23:59:59 UTC 30 червня 2028 року; докази.", "30 червня 2028"),
]


@pytest.mark.parametrize(("kind", "language", "field", "text", "words"), BAD)
def test_words_that_break_a_rule_are_found_at_their_place(
    kind: str, language: str, field: str, text: str, words: str
) -> None:
    advice = [one for one in with_field(language, field, text) if one.kind == kind]
    assert [one.path[:4] for one in advice] == [(language, "question", "clash", field)]
    found = advice[0].found[0]
    assert found.words == words
    assert text[found.start : found.end] == words
    assert advice[0].sentence.endswith(".")


#: Rule, language, field, words that break nothing though they come near.
NEAR = [
    ("vague word", "en", "title", "How many troops will arrive?"),
    ("vague word", "en", "fine_print", "“Almost 500” is read as 500, “major” as any."),
    ("vague word", "en", "fine_print", "Troops around the world count."),
    ("vague word", "en", "background", "Reuters called it unlikely."),
    (
        "vague word",
        "en",
        "criteria",
        "**Major attack:** 100 dead. A major attack by 23:59 UTC on 31 December 2027.",
    ),
    ("vague word", "uk", "fine_print", "«Близько 500» читають як 500."),
    ("vague word", "uk", "fine_print", "Близько до кордону."),
    ("bare year", "en", "title", "Will they meet before 2027, or by 2027-12-31?"),
    ("bare year", "uk", "title", "Чи зустрінуться вони до кінця 2027 року?"),
    ("loaded word", "en", "criteria", "The final report refers to “the regime”."),
    ("loaded word", "uk", "background", "Звичай давній."),
    ("two questions", "en", "title", "Will Poland and Finland sign one treaty?"),
    ("two questions", "uk", "title", "Чи підпишуть Польща та Фінляндія одну угоду?"),
    ("double negation", "en", "title", "Will no ceasefire hold, and not one shot fall?"),
    ("double negation", "en", "fine_print", "Not until the day, nor under it, nor without it."),
    ("double negation", "uk", "title", "Чи не набуде угода чинності?"),
    ("unknowable", "en", "fine_print", "Whether it was intended does not matter."),
    ("unknowable", "uk", "criteria", "Намір не має значення."),
    ("no threshold", "en", "title", "Will more than half of 27 states, and at least one other, sign?"),
    ("no threshold", "uk", "title", "Чи підпише понад 5 держав?"),
    ("background argues", "en", "background", "The article says what is needed."),
    ("background too late", "en", "background", "They met on 14 November 2026."),
    ("deadline differs", "en", "criteria", "By the end of 2027, UTC."),
    ("no deadline", "en", "criteria", "By 23:59 UTC on December 31, 2027."),
    ("no deadline", "en", "criteria", "By 23:59 UTC on 2027-12-31."),
]


@pytest.mark.parametrize(("kind", "language", "field", "text"), NEAR)
def test_words_that_only_come_near_are_left_alone(kind: str, language: str, field: str, text: str) -> None:
    assert kind not in kinds(with_field(language, field, text))


def test_nothing_written_yet_is_told_without_a_fault_of_its_own() -> None:
    words: dict[str, dict[str, object]] = {"en": {}, "uk": {"title": 5, "sources": "Reuters", "options": []}}
    advice = check_question(BINARY, words)
    assert kinds(advice) == {"empty words", "no criteria", "few publishers"}
    assert {one.severity for one in advice} == {MUST}
    assert check_question(BINARY, words, OPENING) == advice


@pytest.mark.parametrize("language", ["en", "uk"])
def test_criteria_without_a_day_forbid_the_opening(language: str) -> None:
    text = {"en": "Evidence by 2027 (UTC).", "uk": "Докази до 2027 року (UTC)."}[language]
    words = {language: GOOD[language] | {"criteria": text}}
    assert [one.kind for one in check_question(BINARY, words, OPENING)] == ["no deadline"]


def test_criteria_without_a_zone_are_told_so() -> None:
    assert kinds(with_field("en", "criteria", "Evidence by 31 December 2027.")) == {"no time zone"}


def test_a_publisher_named_twice_is_one() -> None:
    advice = check_question(BINARY, {"en": ENGLISH | {"sources": ["Reuters", " reuters", ""]}})
    assert [(one.kind, one.severity) for one in advice] == [("few publishers", MUST)]


def test_a_title_is_a_question_of_at_most_120_characters() -> None:
    assert kinds(with_field("en", "title", "They meet")) == {"title is no question"}
    assert kinds(with_field("en", "title", "x" * 119 + "?")) == set()
    [advice] = with_field("en", "title", "x" * 119 + "y?")
    assert (advice.kind, advice.severity, advice.found[0].words) == ("long title", MUST, "?")


def test_what_comes_late_is_spoken_of() -> None:
    assert kinds(with_field("en", "criteria", "By 23:59:59 UTC on 31 December 2027.")) == {"late reports"}


def test_a_number_has_a_unit_a_figure_and_a_rule_of_rounding() -> None:
    number = replace(BINARY, kind="numeric", options=(Option("value"),))
    words = ENGLISH | {"criteria": "The share reported for the year that ends UTC on 31 December 2027."}
    assert kinds(check_question(number, {"en": words})) == {"no unit", "no number", "ties"}
    criteria = "The share, rounded to 1 place, reported by 23:59 UTC on 31 December 2027."
    assert check_question(number, {"en": words | {"criteria": criteria, "unit": "%"}}) == []


def test_every_rung_of_a_ladder_stands_in_the_criteria() -> None:
    days = [date(2027, 6, 30), date(2027, 12, 31)]
    rungs = tuple(Option(day.isoformat(), closes=day_end(day)) for day in days)
    labels = {"2027-06-30": "by 30 June 2027", "2027-12-31": "by 31 December 2027"}
    ladder = replace(BINARY, kind="ladder", options=rungs)
    [advice] = check_question(ladder, {"en": ENGLISH | {"options": labels}})
    assert (advice.kind, "2027-06-30" in advice.sentence) == ("deadline differs", True)


def test_a_condition_may_end_before_the_event() -> None:
    given = replace(BINARY, given=Event("peace", ("yes",)), closes=day_end(date(2027, 6, 30)))
    assert check_question(given, {"en": ENGLISH}) == []


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (("0–5", "5–10", "10+"), {"ranges overlap"}),
        (("0–5", "6–10", "more than 10"), set()),
        (("0–4", "6–10", "11 or more"), {"ranges leave a gap"}),
        (("under 5 %", "5 to under 10 %", "10 % or more"), set()),
        (("under 5 %", "more than 5 %"), {"ranges leave a gap"}),
        (("0–4.9", "5.5–9.9", "10+"), {"ranges leave a gap"}),
        (("0–4.9", "5.0–9.9", "10.0 or more"), set()),
        (("1–5", "6–10"), {"ranges leave a gap"}),
        (("0–50 %", "51–100 %"), set()),
        (("менш як 5", "5–10", "понад 10"), set()),
        (("5–10", "0–5", "понад 10"), {"ranges overlap"}),
        (("None", "1–5", "6+"), set()),
        (("Red", "Green", "Blue"), {"no rest"}),
        (("Red", "Green", "Another colour"), set()),
    ],
)
def test_options_neither_overlap_nor_leave_a_gap(labels: tuple[str, ...], expected: set[str]) -> None:
    question, words = choice(*labels)
    criteria = "The first that is met, by 23:59:59 UTC on 31 December 2027; evidence counts."
    assert kinds(check_question(question, {"en": words | {"criteria": criteria}})) == expected


def test_a_last_test_for_everything_else_takes_the_place_of_an_option() -> None:
    question, words = choice("Red", "Green")
    criteria = (
        "1. Red: red, first, by 23:59 UTC on 31 December 2027. 2. Green: everything else. Evidence counts."
    )
    assert check_question(question, {"en": words | {"criteria": criteria}}) == []


@pytest.mark.parametrize("twin", ["none of these", "None of  these ", "Nоne of these", "Ｎone of these"])
def test_labels_that_look_alike_forbid_the_opening(twin: str) -> None:
    question, words = choice("None of these", twin)
    [advice] = check_question(question, {"en": words}, OPENING)
    assert (advice.kind, advice.path) == ("labels alike", ("en", "question", "clash", "options", "o1"))


def test_composed_and_decomposed_letters_look_alike() -> None:
    question, words = choice("Türkiye or another", "Tu\u0308rkiye or another")
    assert "labels alike" in kinds(check_question(question, {"en": words}))


def test_a_language_without_lists_is_checked_for_form_alone() -> None:
    words = {"title": "Significant?", "short": "s", "criteria": "1 UTC 2027-12-31", "sources": ["a", "b"]}
    assert check_question(BINARY, {"fr": words | {"options": {"yes": "Oui"}}}) == []


def test_every_rule_is_tried_here() -> None:
    """A rule that no test of this file names could never find anything, and nobody would know."""
    source = Path(__file__).read_text(encoding="utf-8")
    assert [rule.kind for rule in RULES if f'"{rule.kind}"' not in source] == []
