"""The preregistration of a survey for whoever may read it: in plain words, as signed files, and what has changed."""

from flask import Blueprint, Response, current_app

from ..presenters.preregistration import changes_in_words, known_preregistration, told_language
from ..security.signing import pem_of, site_public_key
from ..services.preregistration import contents, preregistration_of
from ..store.engine import db
from .identity import survey_by_slug
from .layout import page

blueprint = Blueprint("preregistration", __name__)

PEM = "application/x-pem-file"


@blueprint.get("/s/<slug>/preregistration")
def told(slug: str) -> str:
    """What was going to be asked and computed, since when that stands, and everything that is otherwise now."""
    survey = survey_by_slug(slug)
    frozen = preregistration_of(db.session, survey)
    if frozen is None:
        return page("public/preregistration.html", survey, frozen=None)
    document = contents(frozen)
    language = told_language(document)
    return page(
        "public/preregistration.html",
        survey,
        frozen=frozen,
        changes=changes_in_words(survey, frozen),
        # Its first line is the page's own heading.
        text=document["text"][language].partition("\n")[2],
        told_language=language,
    )


@blueprint.get("/s/<slug>/preregistration.json")
def file(slug: str) -> Response:
    """The signed bytes themselves."""
    frozen = known_preregistration(survey_by_slug(slug))
    return _download(frozen.content, f"{slug}-preregistration.json", "application/json")


@blueprint.get("/s/<slug>/preregistration.json.sig")
def signature(slug: str) -> Response:
    """The detached signature of these bytes: the 64 bytes of Ed25519."""
    frozen = known_preregistration(survey_by_slug(slug))
    return _download(frozen.signature, f"{slug}-preregistration.json.sig", "application/octet-stream")


@blueprint.get("/s/<slug>/preregistration.pem")
def key(slug: str) -> Response:
    """The public key that verifies it: the site's of that day."""
    frozen = known_preregistration(survey_by_slug(slug))
    return _download(pem_of(frozen.public_key).encode(), f"{slug}-preregistration.pem", PEM)


@blueprint.get("/s/<slug>/preregistration.md")
def text(slug: str) -> Response:
    """The plain words, as they stand in the signed file, in the reader's language where there are such."""
    document = contents(known_preregistration(survey_by_slug(slug)))
    language = told_language(document)
    words: str = document["text"][language]
    return _download(words.encode(), f"{slug}-preregistration.{language}.md", "text/markdown; charset=utf-8")


@blueprint.get("/signing-key.pem")
def signing_key() -> Response:
    """The public key under which this site signs now, at an address that stays."""
    pem = pem_of(site_public_key(current_app.config["PARLEY"]))
    return _download(pem.encode(), "signing-key.pem", PEM)


def _download(content: bytes, name: str, content_type: str) -> Response:
    response = Response(content, content_type=content_type)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
