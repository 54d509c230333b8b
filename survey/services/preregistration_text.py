"""The preregistration in plain words: Markdown in each of a survey's languages, frozen inside the signed file."""

from collections.abc import Iterator
from datetime import datetime

from scoring.pools.catalog import METHODS, SHOWN

from ..aggregation.publications import DAYS_BETWEEN, FEW
from ..aggregation.segments import MIN_CHANGED
from ..bank.content import Bank, Event, Question, QuestionWords, Words
from ..bank.labels import kind_in_words
from ..clock import day_date
from ..i18n.formatting import day, moment, number
from ..i18n.locale import gettext as _
from ..i18n.locale import speaking
from ..models import Survey
from .preregistration_document import exclusions, rules
from .readers import readers_apart, when_published


def texts_of(survey: Survey, bank: Bank, made_at: datetime) -> dict[str, str]:
    """The whole in plain words, by language; around words in a language the site does not speak stands English."""
    found = {}
    for code in survey.languages:
        with speaking(code):
            parts = _parts(survey, bank, bank.words[code], made_at)
            found[code] = "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"
    return found


def _parts(survey: Survey, bank: Bank, words: Words, made_at: datetime) -> Iterator[str]:
    said = words.preregistration
    yield "# " + _("Preregistration: %(title)s", title=words.survey.title)
    yield _(
        "Address of the survey: %(slug)s. Written down %(made)s. The survey opens %(opens)s.",
        slug=survey.slug,
        made=moment(made_at),
        opens=moment(survey.opens_at),
    )
    yield words.survey.headline
    yield words.survey.summary
    yield _heading(_("What will be computed first"))
    yield said.primary_analysis or _("The organizers have said nothing about this.")
    yield _heading(_("Who is not counted"))
    yield _list(exclusion_in_words(one, survey) for one in exclusions(survey))
    yield said.exclusions
    yield _heading(_("When answers end"))
    yield _list(_ends(survey, bank))
    yield said.stop_rule
    yield _heading(_("How figures are made"))
    yield from _figures(survey)
    yield from _questions(bank, words)
    yield from _ties(bank, words)
    if words.survey.rules:
        yield _heading(_("Rules for every question"))
        yield _below(words.survey.rules)


def _heading(words: str, level: int = 2) -> str:
    return f"{'#' * level} {words}"


def _list(items: Iterator[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def exclusion_in_words(exclusion: str, survey: Survey) -> str:
    """Who is not counted, or not yet."""
    simulated = (
        _("This is a demonstration: people in it are invented, and nobody else is counted.")
        if survey.simulated
        else _("People who are invented, as demonstrations have them.")
    )
    return {
        "insiders": _("People who run the survey (owners, organizers, analysts), though they may answer."),
        "crowd seen first": _(
            "On a question, people who were shown what others said before their own first forecast."
        ),
        "erased": _("People who have erased their answers, from then on."),
        "withdrawn": _(
            "A forecast that was withdrawn, from then on; of several by one person the last one counts."
        ),
        "simulated": simulated,
        "first day": _("People who have just joined, until the second midnight (UTC) after that."),
    }[exclusion]


def _ends(survey: Survey, bank: Bank) -> Iterator[str]:
    yield _(
        "The survey closes %(moment)s; an answer at this very moment is late.",
        moment=moment(survey.closes_at),
    )
    yield _("Each question closes at the moment that stands with it, whatever has been answered by then.")
    for place, one in enumerate(bank.rounds, start=1):
        yield _(
            "Round %(number)s: from %(opens)s to %(closes)s.",
            number=place,
            opens=moment(one.opens),
            closes=moment(one.closes),
        )


def _figures(survey: Survey) -> Iterator[str]:
    for key in dict.fromkeys([*rules(survey).values(), *SHOWN[1:]]):
        method = METHODS[key]
        yield _heading(_(method.name), 3)
        yield _(method.words)
        yield _("Formula: %(formula)s", formula=_(method.formula))
    yield _heading(_("What is published, and when"), 3)
    yield _list(_publishing(survey))


def _publishing(survey: Survey) -> Iterator[str]:
    if not survey.open_form:
        yield _("The first of these heads the pages; median and mean stand beside it.")
    else:
        yield _("The first of these heads the pages for chances, the second for numbers and days.")
    yield _("A figure rests on %(people)s people or more.", people=survey.cell)
    yield {
        "batched": _(
            "A question is published as of the end of a day (UTC) on which at least %(changed)s people have said"
            " something new since the last time.",
            changed=MIN_CHANGED,
        ),
        "at close": _("A question is published once, after it has closed."),
        "live": _("Nothing is published: figures of every moment are shown."),
    }[survey.publication]
    if survey.guarded:
        yield _(
            "At least %(days)s days lie between two publications while fewer than %(people)s people are in them.",
            days=DAYS_BETWEEN,
            people=FEW,
        )
        yield _(
            "Anybody may join: each answer is moved by a factor of its own, drawn once and kept secret, before"
            " anything is computed of it."
        )
    yield {
        "after answering": _("Participants see what others said after they have answered or skipped."),
        "after close": _("Participants see what others said after the question has closed."),
        "organizers only": _("Participants never see what others said."),
        "always": _("Participants see what others said at once, also before they answer."),
    }[survey.reveal]
    if survey.is_public:
        yield f"{when_published(survey)} {readers_apart()}"


def _questions(bank: Bank, words: Words) -> Iterator[str]:
    yield _heading(_("What is asked"))
    for theme in bank.themes:
        yield _heading(words.themes[theme].title, 3)
        for one in bank.questions:
            if one.theme == theme:
                yield from _question(one, words.questions[one.key], words)


def _question(one: Question, said: QuestionWords, words: Words) -> Iterator[str]:
    yield _heading(said.title, 4)
    yield _list(_facts(one, said, words))
    yield _below(said.criteria)
    if said.fine_print:
        yield _("Fine print")
        yield _below(said.fine_print)


def _facts(one: Question, said: QuestionWords, words: Words) -> Iterator[str]:
    yield _("Key: %(key)s. Kind: %(kind)s.", key=one.key, kind=kind_in_words(one.kind))
    if len(one.options) > 1:
        yield _(
            "Answers: %(answers)s.", answers="; ".join(said.options[option.key] for option in one.options)
        )
    if one.range:
        low, high = (_bound(one, value, said.unit) for value in (one.range.lower, one.range.upper))
        yield _("Range: from %(low)s to %(high)s.", low=low, high=high)
    if one.given:
        yield _("Asked for the case that: %(event)s.", event=_event(one.given, words))
    yield _(
        "Opens %(opens)s, closes %(closes)s, is resolved by %(resolves)s.",
        opens=moment(one.opens),
        closes=moment(one.closes),
        resolves=moment(one.resolves),
    )
    if said.sources:
        yield _("Sources: %(sources)s.", sources=", ".join(said.sources))


def _bound(one: Question, value: float, unit: str) -> str:
    return day(day_date(round(value))) if one.kind == "date" else number(value, unit)


def _event(event: Event, words: Words) -> str:
    asked = words.questions[event.question]
    answers = _(" or ").join(asked.options[key] for key in event.options)
    if event.holds:
        return f"{asked.title}: {answers}"
    return _("%(title)s: not %(answer)s", title=asked.title, answer=answers)


def _ties(bank: Bank, words: Words) -> Iterator[str]:
    # Of relations that one sentence declares for several dates the sentence stands once.
    sentences = dict.fromkeys(words.relations.get(one.words, "") for one in bank.relations)
    if any(sentences):
        yield _heading(_("What follows from what"))
        yield _list(sentence for sentence in sentences if sentence)
    for tree in bank.scenarios:
        parts = words.scenarios[tree.key]
        yield _heading(_("Scenarios: %(title)s", title=parts[""].title))
        yield _list(
            f"{parts[f'leaf:{leaf.key}'].title}: {parts[f'leaf:{leaf.key}'].definition}"
            for leaf in tree.leaves
        )


def _below(text: str) -> str:
    """A text with its headings below those of the whole."""
    return "\n".join(f"###{line}" if line.startswith("#") else line for line in text.splitlines())
