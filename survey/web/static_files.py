"""Static files: fingerprinted addresses that are cached for good, compressed on the way.

The fingerprint is that of the whole folder and stands in the path, before the file's name: what a script imports and
a style sheet names by a relative address is fingerprinted with it. Every address made by `url_for` goes this way, in
our folder and in those of installed packages. Pages are not compressed: they hold tokens beside words that a stranger
may choose, and the length of what is compressed tells of both (BREACH, Gluck, Harris and Prado, 2013).
"""

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Callable, Iterator
from functools import cache, lru_cache, partial, update_wrapper
from pathlib import Path
from typing import Any

import brotli
from flask import Flask, Response, current_app, request, send_file, url_for
from markupsafe import Markup
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join

FOR_GOOD = "public, max-age=31536000, immutable"
#: For an address without this version's fingerprint, as of before an upgrade: what is kept is asked about each time.
ASK_AGAIN = "public, no-cache"
#: Pictures and fonts are compressed already.
COMPRESSED = ("text/", "application/json", "application/manifest+json", "image/svg+xml")
#: By how much is left of a file; over plain HTTP browsers take gzip alone. The script of pictures takes brotli's best
#: two seconds, once in a process: a second of a slow line for each who comes with nothing kept.
ENCODINGS: dict[str, Callable[[bytes], bytes]] = {
    "br": brotli.compress,
    # Without the time in its header, so that equal files have equal bytes in every process.
    "gzip": partial(gzip.compress, mtime=0),
}


@cache
def fingerprint(folder: str) -> str:
    """The fingerprint of what is in a folder, 16 hexadecimal digits of SHA-256: another with any byte or name."""
    digest = hashlib.sha256()
    for path in sorted(path for path in Path(folder).rglob("*") if path.is_file()):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:16]


def init_static_files(app: Flask) -> None:
    """Fingerprint and serve the static folders of the application and of every package registered until now."""
    folders = {"static": app.static_folder} | {
        f"{name}.static": blueprint.static_folder for name, blueprint in app.blueprints.items()
    }
    served = {name: folder for name, folder in folders.items() if folder and name in app.view_functions}
    for name, folder in served.items():
        # With a name: what guards forms and counts limits asks every view for its own.
        app.view_functions[name] = update_wrapper(partial(static_file, folder), static_file)

    @app.url_defaults
    def put_fingerprint(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint in served:
            values["filename"] = f"{fingerprint(served[endpoint])}/{values['filename']}"

    app.jinja_env.globals["module_script"] = module_script


def static_file(folder: str, filename: str) -> Response:
    """A file of a static folder, under its fingerprint or, for whoever knows no fingerprint, without."""
    given, _, rest = filename.partition("/")
    known = given == fingerprint(folder)
    if known or re.fullmatch("[0-9a-f]{16}", given):
        filename = rest
    path = safe_join(folder, filename)
    if path is None or not Path(path).is_file():
        raise NotFound
    return cached_file(Path(path), known)


def cached_file(path: Path, for_good: bool) -> Response:
    """A file as everybody may keep it, compressed for whoever takes that; `for_good`: its address changes with it."""
    mimetype = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    compressible = mimetype.startswith(COMPRESSED)
    encoding = (
        next((name for name in ENCODINGS if request.accept_encodings[name] > 0), "") if compressible else ""
    )
    if encoding:
        stat = path.stat()
        response = Response(_compressed(path, stat.st_mtime_ns, encoding), mimetype=mimetype)
        response.content_encoding = encoding
        # A tag names bytes, and compressed in another way they are others (RFC 9110, section 8.8.3).
        response.set_etag(f"{stat.st_mtime_ns:x}-{stat.st_size:x}-{encoding}")
        response.make_conditional(request)
    else:
        response = send_file(path, mimetype=mimetype)
    response.headers["Cache-Control"] = FOR_GOOD if for_good else ASK_AGAIN
    if compressible:
        response.headers["Vary"] = "Accept-Encoding"
    return response


# A page of ours asks for a score of them; whoever asks for every theme of Bootstrap pushes out others, no more.
@lru_cache(maxsize=64)
def _compressed(path: Path, _changed: int, encoding: str) -> bytes:
    return ENCODINGS[encoding](path.read_bytes())


def module_script(filename: str) -> Markup:
    """The tags of a script: what it imports, however deep, is fetched with it and not one after the other."""
    assert current_app.static_folder
    preloads = [
        Markup('<link rel="modulepreload" href="{}">').format(url_for("static", filename=name))
        for name in imported_modules(current_app.static_folder, filename)
    ]
    script = Markup('<script type="module" src="{}"></script>').format(url_for("static", filename=filename))
    return Markup("\n").join([*preloads, script])


@cache
def imported_modules(folder: str, filename: str) -> tuple[str, ...]:
    """Names of the scripts a script imports, and those they import, each once; itself is not among them."""
    found: list[str] = []
    waiting = [filename]
    while waiting:
        source = (Path(folder) / waiting.pop()).read_text(encoding="utf-8")
        new = [name for name in _imports(source) if name not in found and name != filename]
        found += new
        waiting += new
    return tuple(found)


def _imports(source: str) -> Iterator[str]:
    """Names that a script's `import … from "./name.js"` give.

    >>> list(_imports('import { fill } from "./numbers.js";'))
    ['numbers.js']
    """
    for match in re.finditer(r'^(?:import|export)\b[^;"()]*"\./([\w-]+\.js)"', source, re.MULTILINE):
        yield match[1]
