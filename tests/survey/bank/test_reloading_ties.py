"""A bank whose relations, settings or list of questions changed."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.bank import load_bank
from survey.models import (
    Condition,
    Event,
    EventOption,
    Option,
    Question,
    Round,
    Survey,
)

from . import tiny
from .storing import answer, edit, join, question, refusals, rows

SNOW = """\
[[question]]
key = "snow"
theme = "only"
kind = "binary"
deadline = 2027-12-31
resolves = 2028-02-29T00:00:00Z

"""


# ---- Ties


def test_a_relation_that_goes_takes_its_events_along(store: Session, survey: Survey, tiny_bank: Path) -> None:
    text = (tiny_bank / "structure.toml").read_text(encoding="utf-8")
    dropped = text[text.index('[[relation]]\nkey = "Q"') : text.index('[[relation]]\nkey = "X"')]
    edit(tiny_bank, "structure.toml", dropped, "")
    load_bank(store, tiny_bank)
    assert [relation.key for relation in survey.relations] == ["I.a", "I.b", "X", "P", "T"]
    assert "colour" not in {event.question.key for event in store.scalars(select(Event))}


def test_relations_may_change_after_answers(store: Session, survey: Survey, tiny_bank: Path) -> None:
    answer(store, survey, "rain")
    edit(tiny_bank, "structure.toml", 'kind = "excludes"', 'kind = "implies"')
    edit(tiny_bank, "worked.toml", '"2027-06-30" = 0.2', '"2027-06-30" = 0.3')
    edit(tiny_bank, "worked.toml", "if_yes = 0.9", "if_yes = 0.8166666666666667")
    load_bank(store, tiny_bank)
    assert {relation.key: relation.kind for relation in survey.relations}["X"] == "implies"


def test_a_question_of_an_organizer_stays_with_its_condition(
    store: Session, survey: Survey, tiny_bank: Path
) -> None:
    own = _own_question(store, survey)
    edit(tiny_bank, "structure.toml", 'kind = "excludes"', 'kind = "implies"')
    edit(tiny_bank, "worked.toml", '"2027-06-30" = 0.2', '"2027-06-30" = 0.3')
    edit(tiny_bank, "worked.toml", "if_yes = 0.9", "if_yes = 0.8166666666666667")
    load_bank(store, tiny_bank)
    assert own in survey.questions
    assert own.condition is not None
    assert [option.key for option in own.condition.event.options] == ["red"]


def _own_question(store: Session, survey: Survey) -> Question:
    colour = question(store, survey, "colour")
    own = Question(
        survey_id=survey.id,
        theme_id=colour.theme_id,
        key="own",
        kind="binary",
        position=99,
        opens_at=colour.opens_at,
        closes_at=colour.closes_at,
        resolves_at=colour.resolves_at,
        options=[Option(key="yes", position=0)],
    )
    event = Event(survey_id=survey.id, question_id=colour.id, holds=True)
    store.add_all([own, event])
    store.flush()
    red = colour.option("red")
    store.add(EventOption(event_id=event.id, option_id=red.id, question_id=colour.id))
    store.add(Condition(question_id=own.id, survey_id=survey.id, event_id=event.id))
    store.flush()
    store.expire_all()
    return own


# ---- The survey's own rules


def test_settings_follow_the_bank_while_nobody_has_joined(
    store: Session, survey: Survey, tiny_bank: Path
) -> None:
    edit(tiny_bank, "structure.toml", "minimum_cell = 10", "minimum_cell = 20")
    edit(tiny_bank, "structure.toml", "closes = 2030-01-01", "closes = 2031-01-01")
    load_bank(store, tiny_bank)
    assert survey.minimum_cell == 20
    assert survey.rounds[0].closes_at == survey.closes_at
    assert survey.closes_at.year == 2031


def test_settings_cannot_change_once_people_have_joined(
    store: Session, survey: Survey, tiny_bank: Path
) -> None:
    join(store, survey)
    edit(tiny_bank, "structure.toml", "minimum_cell = 10", "minimum_cell = 20")
    edit(tiny_bank, "structure.toml", "closes = 2030-01-01", "closes = 2031-01-01")
    assert refusals(store, tiny_bank) == [
        "structure.toml:1: survey.minimum_cell: cannot change any more, people have joined",
        "structure.toml:1: survey.closes: cannot change any more, people have joined",
    ]


def test_rounds_of_an_organizer_stay(store: Session, survey: Survey, tiny_bank: Path) -> None:
    half = survey.opens_at + timedelta(days=100)
    survey.rounds[0].closes_at = half
    store.add(Round(survey_id=survey.id, number=2, opens_at=half, closes_at=survey.closes_at))
    store.flush()
    store.expire_all()
    load_bank(store, tiny_bank)
    assert [found.closes_at for found in survey.rounds] == [half, survey.closes_at]


def test_a_further_question_is_added_without_touching_the_others(
    store: Session, survey: Survey, tiny_bank: Path
) -> None:
    before = rows(store)
    edit(tiny_bank, "structure.toml", '[[relation]]\nkey = "I.a"', f'{SNOW}[[relation]]\nkey = "I.a"')
    for language in ("en", "uk"):
        words = tiny.words(language)
        rain = words[words.index("[question.rain]") : words.index("[question.colour]")]
        edit(tiny_bank, f"{language}.toml", "[relation]", rain.replace("rain", "snow") + "[relation]")
    load_bank(store, tiny_bank)
    assert [row.key for row in survey.questions] == [*tiny.LABELS, "snow"]
    after = rows(store)
    assert [row for row in before["question"] if row not in after["question"]] == []
    assert [row for row in before["version_text"] if row not in after["version_text"]] == []
