"""The bank that ships: what it asks, and when."""

from datetime import UTC, date, datetime

from survey.bank.reading import bank_folder, read_bank
from survey.clock import day_end

BANK = read_bank(bank_folder("ukraine"))

#: Key: theme, kind, options that are asked for (rungs by their dates).
QUESTIONS = {
    "ceasefire-when": ("peace", "ladder", "2027-06-30 2027-12-31 2028-12-31 2030-12-31"),
    "treaty-when": ("peace", "ladder", "2027-06-30 2027-12-31 2028-12-31 2030-12-31"),
    "war-state-2027": ("peace", "choice", "settlement ceasefire collapsed fighting other"),
    "leaders-meet": ("peace", "binary", "yes"),
    "ceasefire-holds": ("peace", "binary", "yes"),
    "territory": ("peace", "binary", "yes"),
    "guarantee-form": ("guarantees", "ordered", "assurances agreements nuclear several nato"),
    "guarantee-if-ceasefire": ("guarantees", "pair", "if_yes if_no"),
    "nato-invitation": ("guarantees", "ladder", "2027-12-31 2028-12-31 2030-12-31"),
    "nato-accession": ("guarantees", "ladder", "2027-12-31 2028-12-31 2030-12-31"),
    "western-forces": ("guarantees", "binary", "yes"),
    "eu-accession": ("guarantees", "ladder", "2028-12-31 2030-12-31 2035-12-31"),
    "aid-total": ("self-reliance", "numeric", "value"),
    "drone-output": ("self-reliance", "numeric", "value"),
    "foreign-plants": ("self-reliance", "numeric", "value"),
    "self-supply": ("self-reliance", "numeric", "value"),
    "defence-spending": ("europe", "numeric", "value"),
    "russian-gas": ("europe", "numeric", "value"),
    "sanctions-end": ("europe", "date", "value"),
    "order-2030": ("europe", "choice", "direct-war settlement no-position quiet-front frequent-clashes"),
    "article-4": ("escalation", "binary", "yes"),
    "article-5": ("escalation", "binary", "yes"),
    "clash": ("escalation", "ladder", "2027-06-30 2027-12-31 2028-12-31"),
    "clash-if-forces": ("escalation", "pair", "if_yes if_no"),
    "clash-if-ceasefire": ("escalation", "pair", "if_yes if_no"),
    "escalation-rung": ("escalation", "ordered", "none sabotage strike deaths detonation"),
    "nuclear-use": ("escalation", "binary", "yes"),
    "cyber": ("escalation", "binary", "yes"),
}

#: Scale, bounds, open below, open above, whole numbers only.
RANGES = {
    "aid-total": ("log", 300, 1000, True, True, False),
    "drone-output": ("log", 0.2, 40, True, True, False),
    "foreign-plants": ("linear", 0, 60, False, True, True),
    "self-supply": ("linear", 0, 100, False, False, False),
    "defence-spending": ("linear", 0, 32, False, False, True),
    "russian-gas": ("linear", 0, 30, False, True, False),
}

#: What the question is conditional on, where it is.
CONDITIONS = {
    "ceasefire-holds": "ceasefire-when = 2027-12-31",
    "guarantee-if-ceasefire": "ceasefire-when = 2027-12-31",
    "clash-if-forces": "western-forces = yes",
    "clash-if-ceasefire": "ceasefire-when = 2027-12-31",
}

AGREED_OPENING = datetime(2026, 11, 15, tzinfo=UTC)
FIRST_DEADLINE = date(2027, 6, 30)


def test_it_asks_the_questions_of_its_table() -> None:
    found = {
        question.key: (question.theme, question.kind, " ".join(option.key for option in question.options))
        for question in BANK.questions
    }
    assert found == QUESTIONS


def test_numbers_lie_in_the_ranges_of_its_table() -> None:
    found = {
        question.key: question.range
        for question in BANK.questions
        if question.range is not None and question.kind == "numeric"
    }
    assert {
        key: (values.scale, values.lower, values.upper, values.open_lower, values.open_upper, values.whole)
        for key, values in found.items()
    } == RANGES


def test_every_number_and_date_is_asked_at_the_same_five_levels() -> None:
    levels = {question.range.quantile_levels for question in BANK.questions if question.range}
    assert levels == {(0.05, 0.25, 0.5, 0.75, 0.95)}


def test_four_questions_have_a_condition() -> None:
    found = {question.key: str(question.given) for question in BANK.questions if question.given}
    assert found == CONDITIONS


def test_every_question_opens_with_the_survey() -> None:
    assert {question.opens for question in BANK.questions} == {AGREED_OPENING} == {BANK.settings.opens}


def test_the_settings_are_those_the_consent_speaks_of() -> None:
    settings = BANK.settings
    assert (settings.visibility, settings.reveal, settings.publication) == (
        "public",
        "after answering",
        "batched",
    )
    assert (settings.minimum_cell, settings.protected) == (10, False)
    assert (settings.lowest_probability, settings.highest_probability) == (0.0001, 0.9999)
    assert (settings.zone, settings.languages) == ("Europe/Kyiv", ("en", "uk"))
    assert settings.closes == datetime(2036, 1, 1, tzinfo=UTC)


def test_no_deadline_comes_before_the_middle_of_2027() -> None:
    closes = [question.closes for question in BANK.questions]
    rungs = [option.closes for question in BANK.questions for option in question.options if option.closes]
    assert min(closes + rungs) >= day_end(FIRST_DEADLINE)


def test_a_conditional_question_closes_when_its_condition_is_decided() -> None:
    closes = {question.key: question.closes for question in BANK.questions if question.given}
    assert set(closes.values()) == {datetime(2028, 1, 1, tzinfo=UTC)}


def test_numbers_close_at_the_end_of_2027() -> None:
    closes = {question.closes for question in BANK.questions if question.kind == "numeric"}
    assert closes == {datetime(2028, 1, 1, tzinfo=UTC)}


def test_every_question_resolves_at_least_59_days_after_it_closes() -> None:
    waits = {question.key: (question.resolves - question.closes).days for question in BANK.questions}
    assert {key: days for key, days in waits.items() if days < 59} == {}


def test_pairs_have_the_same_two_branches() -> None:
    pairs = [question for question in BANK.questions if question.kind == "pair"]
    assert len(pairs) == 3
    assert {tuple(option.key for option in pair.options) for pair in pairs} == {("if_yes", "if_no")}


def test_ladders_on_one_deadline_name_it_by_the_same_key() -> None:
    keys = {
        option.closes: option.key
        for question in BANK.questions
        for option in question.options
        if option.closes
    }
    assert len(set(keys.values())) == len(keys) == 5
