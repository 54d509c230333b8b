"""The JSON interface under `/api/v1`: the same actions as the pages, for programs.

Its document (OpenAPI 3.1) stands at `/api/v1/openapi.json` and is made from the code that answers.
"""

from flask import Flask

from . import (
    crowd,
    drafts,
    enrollment,
    forecasts,
    leaderboards,
    management,
    outcomes,
    preregistration,
    snapshots,
    surveys,
)
from .operation import Api

DESCRIPTION = """\
Everything a participant, an organizer or a researcher does on the pages of a Parley site, for programs.

**Tokens.** Whoever joins a survey gets a token; send it as `Authorization: Bearer parley_…`. Owners, organizers
and analysts make theirs under “Your account”, participants more under “Mine”; each is shown once, and revoked there.
Whoever runs the site makes them too: `parley token create EMAIL --survey SLUG`, to begin surveys and write them
`--write`. Cookies mean nothing here.

**Repeats.** Acts take an `Idempotency-Key`, new for each act and the same for each repeat of it. The same key and
body get the first answer again, also after the question has closed. An answer is sent after what it tells is
stored: whoever gets none sends the same again.

**Versions.** A survey that is written has a version, its `ETag`. What changes it needs `If-Match` with the version
that was read; where somebody else was faster nothing is done, and the refusal has both texts of what collides.
Everywhere else `If-Match` is refused.

**Numbers.** Probabilities are JSON numbers from 0 to 1; never text, never percent. Dates are text, `2027-06-30`.

**Lists** come in parts: at most `limit` rows (usually 100), and where there are more, the header
`Link: <…>; rel="next"` leads on. What is added meanwhile moves nothing: no row comes twice, none is left out.

**Repeated reading.** Each answer to a `GET` has an `ETag`; sent again as `If-None-Match`, an answer that is still the
same comes as 304, without a body. It is made of the answer alone, and tells nothing more.

**Limits.** `RateLimit` says how many calls are left in this minute for the token, or for the address where there is
none. One more is refused with 429 and `Retry-After`, before anything is done: send it again then, with the same key.

**Refusals** are problem documents (RFC 9457, `application/problem+json`); `errors` names each field with a
sentence. Words are in the language that `Accept-Language` asks for. No answer may be kept by a cache.
"""

BLUEPRINTS = (
    surveys.blueprint,
    preregistration.blueprint,
    enrollment.blueprint,
    forecasts.blueprint,
    crowd.blueprint,
    outcomes.blueprint,
    leaderboards.blueprint,
    management.blueprint,
    drafts.blueprint,
    snapshots.blueprint,
)


def init_api(app: Flask) -> None:
    """Register every operation and the document."""
    app.config.update(
        API_TITLE="Parley",
        API_VERSION="1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
    )
    api = Api(app, spec_kwargs={"info": {"description": DESCRIPTION}})
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint)
