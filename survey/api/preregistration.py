"""The preregistration of a survey, for programs: what was frozen, its signature, and what has changed since."""

from base64 import b64encode
from typing import Any

from flask import Response

from ..presenters.preregistration import changes_as_data, known_preregistration
from ..security.signing import pem_of
from ..services.preregistration import changes_since
from ..store.engine import db
from .authentication import known_survey
from .operation import Operations
from .schemas import surveys as survey_schemas

blueprint = Operations(
    "Preregistration", "What a survey was going to ask and compute, frozen at its opening."
)

FILE = {"its bytes": {"operationId": "preregistered_file", "parameters": {"slug": "$request.path.slug"}}}


@blueprint.operation(
    "GET",
    "/surveys/<slug>/preregistration",
    answers=(200, survey_schemas.Preregistration),
    token=None,
    links=FILE,
)
def preregistration(slug: str) -> dict[str, Any]:
    """Since when it stands, its signature, and what has changed since

    404 too where the survey has none: it was opened before there were any.
    """
    survey = known_survey(slug)
    frozen = known_preregistration(survey)
    return {
        **{name: getattr(frozen, name) for name in ("made_at", "opens_at", "sha256")},
        "signature": b64encode(frozen.signature).decode("ascii"),
        "public_key": pem_of(frozen.public_key),
        "changes": changes_as_data(changes_since(db.session, survey, frozen)),
    }


@blueprint.operation(
    "GET", "/surveys/<slug>/preregistration.json", answers=(200, None, "application/json"), token=None
)
def preregistered_file(slug: str) -> Response:
    """The signed bytes themselves: canonical JSON

    The signature is Ed25519 over these very bytes. `text` has the same in plain words, by language.
    """
    frozen = known_preregistration(known_survey(slug))
    return Response(frozen.content, content_type="application/json")
