"""Static files are fingerprinted, kept by browsers for good and compressed; pages are neither."""

import gzip
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import brotli
import pytest
from flask import Flask, render_template_string, url_for
from flask.testing import FlaskClient

from survey.security.limits import limiter
from survey.web import bootstrap_style
from survey.web.static_files import fingerprint, imported_modules

from .visitor import Visitor

STATIC = Path(__file__).parents[3] / "survey" / "static"
TEMPLATES = STATIC.parents[1] / "templates"
GZIP = {"Accept-Encoding": "gzip, deflate"}
BROTLI = {"Accept-Encoding": "gzip, deflate, br, zstd"}
IMPORTED = re.compile(r'^(?:import|export)\b[^;"()=]*"([^"]+)"|\bimport\("([^"]+)"\)', re.MULTILINE)
FINGERPRINTED = re.compile(r"^(?:/bootstrap)?/static/[0-9a-f]{16}/|^/(?:charts|style)/[0-9a-f]{16}/")


class Links(HTMLParser):
    """Addresses of style sheets, icons, scripts and what is fetched with them, by the tag's relation."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "link":
            self.found.append((values.get("rel") or "", values.get("href") or ""))
        if tag == "script" and values.get("src"):
            self.found.append(("script", values["src"] or ""))
            self.found += [("vega", values["data-vega"] or "")] if "data-vega" in values else []

    def addresses(self, relation: str) -> list[str]:
        return [address for name, address in self.found if name == relation]


@pytest.fixture
def question(person: Visitor) -> str:
    return person.get("q/leaders-meet").text


def test_every_file_a_page_names_is_fingerprinted_and_there(person: Visitor, question: str) -> None:
    pages = [question, person.get("scenarios").text, person.get("").text, person.get("nowhere").text]
    found = {address for page in pages for _, address in Links(page).found}
    assert {address.rpartition("/")[2] for address in found} >= {
        "bootstrap.css",
        "parley.css",
        "favicon.svg",
        "input.js",
        "numbers.js",
    }
    for address in found:
        assert FINGERPRINTED.match(address), address
        with person.client.get(address) as answer:
            assert answer.status_code == 200, address


def test_a_fingerprinted_file_is_kept_for_good_by_everybody(person: Visitor, question: str) -> None:
    with person.client.get("/s/ukraine/") as page:
        assert page.headers["Cache-Control"] == "no-store"  # the control: a page is not
        assert page.headers["Vary"] == "Cookie"
    for _, address in Links(question).found:
        with person.client.get(address) as answer:
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable", address
            assert answer.headers.get("Vary", "Accept-Encoding") == "Accept-Encoding", address
            assert "Set-Cookie" not in answer.headers


def test_the_script_of_the_pictures_is_kept_for_good_too(app: Flask, client: FlaskClient) -> None:
    with app.test_request_context():
        address = url_for("charts.vega")
    assert FINGERPRINTED.match(address)
    with client.get(address, headers=GZIP) as answer:
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert b"vegaEmbed" in gzip.decompress(answer.data)


@pytest.mark.parametrize("address", ["static/parley.css", "bootstrap/static/css/bootstrap.min.css"])
def test_a_site_that_guards_forms_and_counts_requests_serves_them_too(
    app: Flask, client: FlaskClient, address: str
) -> None:
    app.config.update(WTF_CSRF_ENABLED=True)
    limiter.enabled = True
    with client.get(f"/{address}") as answer:
        assert answer.status_code == 200


@pytest.mark.parametrize("before", ["", "0123456789abcdef/"])
@pytest.mark.parametrize(
    "file",
    [
        "static/{}parley.css",
        "style/{}bootstrap.css",
        "charts/{}vega.js",
        "bootstrap/static/{}css/bootstrap.min.css",
    ],
)
def test_an_address_of_another_version_is_answered_and_asked_for_again(
    client: FlaskClient, file: str, before: str
) -> None:
    with client.get("/" + file.format(before)) as answer:
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, no-cache"
        again = {"If-None-Match": answer.headers["ETag"]}
    with client.get("/" + file.format(before), headers=again) as answer:
        assert answer.status_code == 304


@pytest.mark.parametrize("address", ["static/parley.css", "static/input.js", "static/favicon.svg"])
@pytest.mark.parametrize(
    ("takes", "encoding", "unpacked"), [(GZIP, "gzip", gzip.decompress), (BROTLI, "br", brotli.decompress)]
)
def test_text_is_compressed_for_whoever_takes_it(
    client: FlaskClient,
    address: str,
    takes: dict[str, str],
    encoding: str,
    unpacked: Callable[[bytes], bytes],
) -> None:
    with client.get(f"/{address}") as plain, client.get(f"/{address}", headers=takes) as packed:
        assert packed.headers["Content-Encoding"] == encoding
        assert unpacked(packed.data) == plain.data
        assert "Content-Encoding" not in plain.headers
        assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
        assert plain.headers["ETag"] != packed.headers["ETag"]
        assert plain.mimetype == packed.mimetype
        again = {"If-None-Match": packed.headers["ETag"], **takes}
    with client.get(f"/{address}", headers=again) as answer:
        assert answer.status_code == 304
        assert not answer.data


def test_a_font_is_not_compressed_again(client: FlaskClient) -> None:
    with client.get("/bootstrap/static/css/font/fonts/bootstrap-icons.woff2", headers=BROTLI) as answer:
        assert answer.status_code == 200
        assert "Content-Encoding" not in answer.headers


def test_whoever_refuses_compression_gets_none(client: FlaskClient) -> None:
    with client.get("/static/parley.css", headers={"Accept-Encoding": "gzip;q=0, br;q=0"}) as answer:
        assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("address", ["", "themes", "mine", "q/leaders-meet", "leave"])
def test_a_page_with_a_token_is_not_compressed(app: Flask, person: Visitor, address: str) -> None:
    answer = person.client.get(f"/s/ukraine/{address}", headers=BROTLI)
    assert "Content-Encoding" not in answer.headers
    assert answer.data.rstrip().endswith(b"</html>")


@pytest.mark.parametrize("address", ["/api/v1/surveys", "/api/v1/openapi.json", "/healthz"])
def test_what_programs_are_told_is_not_compressed(client: FlaskClient, address: str) -> None:
    assert "Content-Encoding" not in client.get(address, headers=BROTLI).headers


@pytest.mark.parametrize(
    "address",
    [
        "static/nothing.js",
        "static/../config.py",
        "static/%2e%2e/config.py",
        "static/0123456789abcdef/",
        "static/0123456789abcdef",
    ],
)
def test_a_file_that_is_not_there_is_not_found_and_not_kept(client: FlaskClient, address: str) -> None:
    answer = client.get(f"/{address}")
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"


def test_whatever_a_script_imports_however_deep_is_fetched_with_it(question: str) -> None:
    assert {"numbers.js", "svg.js", "wording.js", "density.js"} <= set(
        imported_modules(str(STATIC), "input.js")
    )
    names = {address.rpartition("/")[2] for address in Links(question).addresses("modulepreload")}
    on_page = ("input.js", "reason.js")
    assert names == {one for script in on_page for one in imported_modules(str(STATIC), script)}


def test_the_script_of_the_pictures_is_announced_where_there_is_one_and_gives_way(app: Flask) -> None:
    """In the head it took seven seconds of a slow line from the style sheets; unannounced it came a second late."""
    with app.test_request_context():
        bare, drawn = (
            render_template_string(
                "{% extends 'base.html' %}{% block content %}" + content + "{% endblock %}", survey=None
            )
            for content in ("<p>data-chart</p>", "<figure data-chart></figure>")
        )
        scripts = (
            app.jinja_env.get_template("_figures.html").make_module().chart_scripts(url_for("charts.vega"))
        )  # type: ignore[attr-defined]
    links = Links(scripts)
    assert links.addresses("vega")
    assert links.addresses("modulepreload") == Links(bare).addresses("modulepreload") == []
    assert Links(drawn).addresses("modulepreload") == links.addresses("vega")
    assert drawn.index('fetchpriority="low"') > drawn.index("<body>")


def test_what_is_left_of_bootstrap_has_every_class_that_is_written_somewhere() -> None:
    """A tenth of it is left, and no rule that a page could ask for is cut."""
    whole = bootstrap_style.WHOLE.read_text(encoding="utf-8")
    known = set(re.findall(r"\.([a-zA-Z][\w-]*)", re.sub(r"\{[^{}]*\}", "{}", whole)))
    sources = [*TEMPLATES.rglob("*.html"), *STATIC.glob("*.js")]
    written = {
        word
        for path in sources
        for words in re.findall(
            r"""class(?:Name)?\s*=\s*["'`]([^"'`]*)|classList\.\w+\(([^)]*)""",
            path.read_text(encoding="utf-8"),
        )
        for word in re.findall(r"[\w-]+", " ".join(words))
    }
    passed = re.findall(r"""[("']((?:btn|form|mt|mb|text|visually)-[\w-]+)""", "".join(map(_text, sources)))
    names = (written | set(passed)) & known
    assert names <= bootstrap_style.USED | {"figure"}, names - bootstrap_style.USED
    assert names >= bootstrap_style.USED  # nothing is kept that nobody writes
    assert len(bootstrap_style.cut()) < len(whole) / 10
    assert bootstrap_style.cut().count("{") == bootstrap_style.cut().count("}")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_what_scripts_import_lies_beside_them_and_needs_no_fingerprint_of_its_own() -> None:
    for path in STATIC.glob("*.js"):
        source = path.read_text(encoding="utf-8")
        for name, called in IMPORTED.findall(source):
            assert (name or called).startswith("./") and (STATIC / (name or called)).is_file(), (path, name)


def test_another_byte_or_another_name_is_another_fingerprint(tmp_path: Path) -> None:
    seen = []
    for name, content in [("a.js", "1"), ("a.js", "2"), ("b.js", "2")]:
        folder = tmp_path / str(len(seen))
        folder.mkdir()
        (folder / name).write_text(content)
        seen.append(fingerprint(str(folder)))
    assert len(set(seen)) == 3


def test_no_template_writes_the_address_of_a_file_by_hand() -> None:
    by_hand = re.compile(
        r"""(?:src|href)=["'][^"'{]*(?:static|\.js|\.css)\b|<script(?![^>]*(?:json|src="\{\{))"""
    )
    assert by_hand.search('<script src="/static/input.js">')  # the control
    for path in TEMPLATES.rglob("*.html"):
        assert not by_hand.search(path.read_text(encoding="utf-8")), path


def test_files_are_served_where_forms_are_checked_as_in_real_life(app: Flask, visitor: Visitor) -> None:
    """Tests leave the check of forms out, and it looks at every view."""
    app.config["WTF_CSRF_ENABLED"] = True
    addresses = {address for _, address in Links(visitor.get("").text).found}
    assert addresses
    for address in addresses:
        with visitor.client.get(address) as answer:
            assert answer.status_code == 200, address


def test_every_bar_says_of_what_it_is() -> None:
    """A screen reader says the share alone of a bar without a name, and no checker of accessibility minds."""
    bars = {
        (path.name, bar)
        for path in TEMPLATES.rglob("*.html")
        for bar in re.findall(r"<(?:progress|meter)\b[^>]*>", path.read_text(encoding="utf-8"))
    }
    assert len(bars) >= 3
    assert [bar for bar in bars if not re.search(r"""aria-label(ledby)?=["'][^"']+""", bar[1])] == []
