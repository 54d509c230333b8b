"""The template of an import: one question of every kind, whole enough to be opened as it is."""

from pathlib import Path

from .document import Document
from .interchange import read_file

_FILE = Path(__file__).with_name("template.toml")


def template_document(language: str = "en") -> Document:
    """The survey that the template is, as a document whose words stand under a language."""
    document = read_file(_FILE.read_bytes(), "toml").document
    assert document is not None
    document["structure"]["survey"]["languages"] = [language]
    return document | {"words": {language: document["words"]["en"]}}
