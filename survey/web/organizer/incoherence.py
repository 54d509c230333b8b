"""How far people's answers go together, for those who run a survey."""

from ... import disclosure
from ...disclosure import NoIncoherence
from ...presenters.incoherence import incoherence_in_words, why_none
from ...store.engine import db
from ..identity import as_organizer
from .dashboard import Page, blueprint
from .layout import organized_survey, organizer_page


@blueprint.get("/coherence")
def coherence(slug: str) -> Page:
    """How many people have no clash, how far the others are from coherent, and by which relations."""
    survey, role = organized_survey(slug)
    seen = disclosure.get_incoherence(db.session, as_organizer(survey), survey)
    return organizer_page(
        "organizer/coherence.html",
        survey,
        role,
        hidden=why_none(seen, survey) if isinstance(seen, NoIncoherence) else "",
        told=None if isinstance(seen, NoIncoherence) else incoherence_in_words(db.session, survey, seen),
    )
