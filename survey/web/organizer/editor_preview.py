"""A question of a draft as participants will see it: the real templates, over rows that are never stored."""

from collections.abc import Container
from dataclasses import dataclass
from typing import Any

from ... import clock
from ...bank.content import Bank, Event, Question
from ...bank.content import Option as Facts
from ...bank.content import Scenario as Tree
from ...bank.loading_questions import set_facts, version_words
from ...models import (
    Condition,
    EventOption,
    Option,
    OptionText,
    QuestionVersion,
    Scenario,
    ScenarioAxis,
    ScenarioLeaf,
    ScenarioText,
    Survey,
    SurveyText,
    Theme,
    ThemeText,
    VersionText,
)
from ...models import Event as EventRow
from ...models import Question as QuestionRow
from ...presenters.input_context import InputContext, beside
from ..forms.forecast import AnswerForm, answer_form
from ..participant.input_fields import Box, boxes_of


@dataclass(frozen=True)
class Preview:
    """What the templates of a question's page want to know."""

    question: QuestionRow
    survey: Survey
    words: VersionText
    condition: str
    form: AnswerForm
    boxes: list[Box]
    beside: InputContext


def preview_of(bank: Bank, key: str, language: str) -> Preview | None:
    """A question as it stands, in one language; None where too little of it is there to show."""
    asked = next((question for question in bank.questions if question.key == key), None)
    if asked is None or not asked.kind or not asked.options or language not in bank.words:
        return None
    if asked.kind in ("numeric", "date") and not _has_a_range(asked):
        return None
    survey = _survey(bank)
    # Itself and what it is asked under: a row costs as much as the rest of the page.
    shown = {key, asked.given.question} if asked.given else {key}
    rows = {one.key: _question(bank, one, survey) for one in bank.questions if one.key in shown}
    row = rows[key]
    row.condition = _condition(bank, asked, rows)
    options = list(row.options)
    form = answer_form(row, options)
    # One page shows a question in each of its languages: their boxes are other boxes.
    for field in form:
        field.id = f"{language}-{field.id}"
    return Preview(
        question=row,
        survey=survey,
        words=row.text(language),
        condition=_in_words(row.condition, language),
        form=form,
        boxes=boxes_of(row, form, options),
        beside=beside(row, None, options),
    )


def scenario_row(bank: Bank, key: str, language: str) -> Scenario | None:
    """A scenario tree as it stands, as a row; None where too little of it is there to draw."""
    tree = next((one for one in bank.scenarios if one.key == key), None)
    if tree is None or language not in bank.words or not _can_be_drawn(bank, tree):
        return None
    survey = _survey(bank)
    rows = {question.key: _question(bank, question, survey) for question in bank.questions}
    for asked in bank.questions:
        rows[asked.key].condition = _condition(bank, asked, rows)
    axes = [
        ScenarioAxis(
            position=place,
            key=axis.key,
            role=axis.role,
            event=_event(axis.event, rows),
            pair=rows[axis.pair] if axis.pair else None,
        )
        for place, axis in enumerate(tree.axes)
        if axis.role == "axis" or _is_chosen(axis.event, rows)
    ]
    leaves = [
        ScenarioLeaf(position=place, key=leaf.key, holds=leaf.holds) for place, leaf in enumerate(tree.leaves)
    ]
    texts = [
        ScenarioText(language=code, part=part, **vars(own))
        for code, words in bank.words.items()
        for part, own in words.scenarios.get(key, {}).items()
    ]
    return Scenario(key=key, axes=axes, leaves=leaves, texts=texts, survey=survey)


def _can_be_drawn(bank: Bank, tree: Tree) -> bool:
    """Whether its events are chosen, each but the root's has its pair, and its scenarios are of those events."""
    kinds = {one.key: one for one in bank.questions}
    axes = [axis for axis in tree.axes if axis.role == "axis"]
    pairs = [kinds.get(axis.pair or "") for axis in axes[1:]]
    return (
        len(axes) > 1
        and all(_is_chosen(axis.event, kinds) for axis in axes)
        and all(pair is not None and pair.kind == "pair" and pair.given is not None for pair in pairs)
        and bool(tree.leaves)
    )


def _is_chosen(event: Event, questions: Container[str]) -> bool:
    return event.question in questions and bool(event.options)


def _has_a_range(asked: Question) -> bool:
    values = asked.range
    return (
        values is not None
        and bool(values.scale)
        and values.lower < values.upper
        and bool(values.quantile_levels)
    )


def _survey(bank: Bank) -> Survey:
    settings = bank.settings
    texts = [SurveyText(language=code, **vars(words.survey)) for code, words in bank.words.items()]
    return Survey(
        slug=settings.slug,
        opens_at=settings.opens,
        closes_at=settings.closes,
        protected=True,
        simulated=False,
        visibility=settings.visibility or "public",
        lowest_probability=settings.lowest_probability,
        highest_probability=settings.highest_probability,
        explain_change=settings.explain_change,
        zone="UTC",
        languages=list(settings.languages),
        texts=texts,
    )


def _question(bank: Bank, asked: Question, survey: Survey) -> QuestionRow:
    words = {code: own.questions[asked.key] for code, own in bank.words.items()}
    themes = {code: own.themes.get(asked.theme) for code, own in bank.words.items()}
    theme = [ThemeText(language=code, **vars(own)) for code, own in themes.items() if own is not None]
    version = QuestionVersion(
        number=1,
        published_at=asked.opens,
        texts=[VersionText(language=code, **version_words(own)) for code, own in words.items()],
    )
    labels = {code: own.options for code, own in words.items()}
    row = QuestionRow(
        id=0,
        key=asked.key,
        survey=survey,
        theme=Theme(key=asked.theme, texts=theme),
        options=[_option(option, place, labels) for place, option in enumerate(asked.options)],
        versions=[version],
    )
    set_facts(row, asked)
    row.closes_at = max(asked.closes, clock.day_start(clock.EPOCH))
    return row


def _option(option: Facts, place: int, labels: dict[str, Any]) -> Option:
    key = option.key
    texts = [OptionText(language=code, label=own.get(key) or key) for code, own in labels.items()]
    return Option(
        key=key, position=place, closes_at=option.closes, given_holds=option.given_holds, texts=texts
    )


def _condition(bank: Bank, asked: Question, rows: dict[str, QuestionRow]) -> Condition | None:
    if asked.given is None or asked.given.question not in rows:
        return None
    return Condition(event=_event(asked.given, rows))


def _event(event: Event, rows: dict[str, QuestionRow]) -> EventRow:
    asked = rows[event.question]
    members = [EventOption(option=option) for option in asked.options if option.key in event.options]
    return EventRow(question=asked, holds=event.holds, members=members)


def _in_words(condition: Condition | None, language: str) -> str:
    if condition is None:
        return ""
    event = condition.event
    labels = ", ".join(option.text(language) for option in event.options)
    return f"{event.question.text(language).title} — {labels}"
