"""What describes `hub/` to the tools of hubverse: tasks, administration, and one card for each model.

By the schemas 6.0.0 of https://github.com/hubverse-org/schemas, whose rules `tests/survey/export/test_hub.py` holds.
"""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from scoring.pools.catalog import METHODS

from ..aggregation.question_specs import spec_of
from ..aggregation.rules import shown_rules
from ..models import Question, Snapshot
from .description import Description
from .hub import HubTask, tasks_of, team_of

SCHEMAS = "https://raw.githubusercontent.com/hubverse-org/schemas/main/v6.0.0"
#: The schema names zones and has no UTC, in which our days are; this one keeps it all year.
ZONE = "Africa/Abidjan"
#: The longest that the schema takes.
TARGET_ID, TARGET_NAME = 30, 100
#: What the target of each kind of question is, in the words of the schema.
TARGET_TYPES = {
    "binary": "binary",
    "choice": "nominal",
    "ordered": "ordinal",
    "ladder": "date",
    "numeric": "continuous",
    "date": "date",
    "pair": "binary",
}
#: The fields of a model's card.
CARD = (
    "team_name",
    "team_abbr",
    "model_name",
    "model_abbr",
    "model_contributors",
    "license",
    "methods",
    "methods_long",
)


def documents(snapshot: Snapshot, told: Description, days: Sequence[date]) -> Iterator[tuple[str, str]]:
    """Names and texts of the files; `days` are those of the rounds."""
    yield "hub-config/admin.json", _json(_admin(told))
    yield "hub-config/tasks.json", _json(_tasks(snapshot, days))
    yield "hub-config/model-metadata-schema.json", _json(_card_schema())
    yield from _cards(snapshot, told)


def _json(content: Any) -> str:
    return f"{json.dumps(content, indent=1, ensure_ascii=False)}\n"


def _admin(told: Description) -> dict[str, Any]:
    return {
        "schema_version": f"{SCHEMAS}/admin-schema.json",
        "name": told.title,
        "maintainer": told.organizer,
        "contact": {"name": told.organizer, **_email(told.contacts[told.languages[0]])},
        # It names a place at GitHub, where a bundle has none.
        "repository": {},
        "citation": told.citation,
        "file_format": ["csv"],
        "timezone": ZONE,
    }


def _email(contact: str) -> dict[str, str]:
    """The first address in how to reach those who run the survey, which is in words of their own."""
    found = re.search(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", contact)
    return {"email": found[0]} if found else {}


def _tasks(snapshot: Snapshot, days: Sequence[date]) -> dict[str, Any]:
    model_tasks = [
        _model_task(question, place, days)
        for place, question in enumerate(snapshot.survey.questions, start=1)
    ]
    return {
        "schema_version": f"{SCHEMAS}/tasks-schema.json",
        "rounds": [
            {
                "round_id_from_variable": True,
                "round_id": "origin_date",
                "round_name": "The end of a UTC day with publications",
                "model_tasks": model_tasks,
                "submissions_due": {"relative_to": "origin_date", "start": 0, "end": 1},
            }
        ],
        # A hub has one type for all: levels stand among categories and days.
        "output_type_id_datatype": "character",
    }


def _model_task(question: Question, place: int, days: Sequence[date]) -> dict[str, Any]:
    tasks = tasks_of(question)
    return {
        "task_ids": {
            "origin_date": _optional(day.isoformat() for day in days),
            "target": _optional([question.key]),
            "given": _optional(task.given for task in tasks),
        },
        "output_type": {
            tasks[0].output_type: {
                "output_type_id": {"required": list(tasks[0].ids)},
                "value": _value(tasks[0]),
                "is_required": False,
            }
        },
        "target_metadata": [_target(question, place)],
    }


def _optional(values: Any) -> dict[str, Any]:
    """Values that may come: not every question is published on each day."""
    return {"required": None, "optional": list(values)}


def _value(task: HubTask) -> dict[str, Any]:
    """A quantile may lie beyond the range that was asked for, where that is open."""
    return {"type": "double", **({} if task.output_type == "quantile" else {"minimum": 0, "maximum": 1})}


def _target(question: Question, place: int) -> dict[str, Any]:
    text = question.text(question.survey.languages[0])
    # Two long keys may begin alike: the question's place keeps them apart.
    key = question.key if len(question.key) <= TARGET_ID else f"{question.key[: TARGET_ID - 5]}~{place}"
    units = "days since 1970-01-01" if question.kind == "date" else text.unit or "probability"
    return {
        "target_id": key,
        "target_name": _short(text.title),
        "target_units": _short(units),
        "target_keys": {"target": question.key},
        "description": text.criteria or text.title,
        "target_type": TARGET_TYPES[question.kind],
        "is_step_ahead": False,
    }


def _short(text: str) -> str:
    return text if len(text) <= TARGET_NAME else f"{text[: TARGET_NAME - 1]}…"


def _card_schema() -> dict[str, Any]:
    contributor = {
        "type": "object",
        "properties": {"name": {"type": "string"}},
        "required": ["name"],
    }
    text: dict[str, Any] = {"type": "string"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Card of a model",
        "type": "object",
        "properties": dict.fromkeys(CARD, text)
        | {
            "team_abbr": text | {"pattern": "^[a-zA-Z0-9_]+$"},
            "model_abbr": text | {"pattern": "^[a-zA-Z0-9_]+$"},
            "model_contributors": {"type": "array", "items": contributor},
        },
        "required": list(CARD),
        "additionalProperties": False,
    }


def _cards(snapshot: Snapshot, told: Description) -> Iterator[tuple[str, str]]:
    """What each method is, as the catalog has it; strings as JSON, which YAML is too."""
    rule = spec_of(snapshot.survey.questions[0]).rule
    for name, key in shown_rules(rule).items():
        method, team = METHODS[key], team_of(told.slug)
        card = {
            "team_name": told.titles[told.languages[0]],
            "team_abbr": team,
            "model_name": method.name,
            "model_abbr": name,
            "model_contributors": [{"name": told.organizer}],
            "license": told.licence.name,
            "methods": method.words,
            "methods_long": f"{method.formula} {method.source}",
        }
        lines = (f"{field}: {json.dumps(card[field], ensure_ascii=False)}\n" for field in CARD)
        yield f"model-metadata/{team}-{name}.yml", "".join(lines)
