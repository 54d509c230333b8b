"""The editor's page of scenarios, and the buttons of a tree: add, move, take out an event or a scenario."""

from flask import request, url_for
from sqlalchemy.orm import Session

from ...bank.paths import ORDER, value_at
from ...errors import NotFound
from ...i18n.locale import current_language
from ...models import SurveyDraft, User
from ...presenters import draft_words
from ...services import draft_scenarios
from ...services.draft_questions import languages_of
from ...services.draft_scenarios import ASIDES, AXES, LEAVES, PARTS_OF_TREE, parts_of
from .editor import Page, blueprint
from .editor_acts import act_on, place_of
from .editor_pages import editor_page, written

_PART = f"<any({','.join(PARTS_OF_TREE)}):part>"


@blueprint.get("/<slug>/scenarios")
def scenarios(slug: str) -> Page:
    """All scenario trees of a survey; where there is none, what they are for."""
    page = written(slug)
    document, language = page.draft.document, current_language()
    keys = value_at(document, ("structure", "scenario", ORDER)) or []
    trees = [
        (
            key,
            draft_words.title_of(document, "scenario", key, language),
            len(parts_of(document, key, AXES)),
            len(parts_of(document, key, LEAVES)),
            len(draft_words.of_thing(page.faults, "scenario", key)),
        )
        for key in keys
    ]
    return editor_page("scenarios", page, "questions", trees=trees)


@blueprint.post(f"/<slug>/scenarios/<key>/{_PART}")
def scenario_part(slug: str, key: str, part: str) -> Page:
    """Add an event or a scenario to a tree, move it, or take it out."""
    sent = {name: request.form.get(name, "").strip() for name in ("act", "name", "title", "place")}

    def work(session: Session, draft: SurveyDraft, user: User) -> str:
        name = sent["name"]
        if sent["act"] == "add":
            languages = languages_of(draft.document)
            titles = {languages[0]: sent["title"]} if languages and sent["title"] else {}
            name = draft_scenarios.add_part(session, draft, user, key, part, titles)
        elif sent["act"] == "move" and part != ASIDES:
            draft_scenarios.move_part(session, draft, user, key, part, name, place_of(sent["place"]))
        elif sent["act"] == "take out":
            draft_scenarios.take_out_part(session, draft, user, key, part, name)
            name = ""
        else:
            raise NotFound()
        anchor = f"{part}/{name}" if name else part
        return url_for("editor.thing", slug=draft.slug, noun="scenario", key=key, _anchor=anchor)

    return act_on(slug, work, url_for("editor.thing", slug=slug, noun="scenario", key=key))
