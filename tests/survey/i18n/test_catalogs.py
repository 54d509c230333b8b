"""Every word of the interface is there in every language. Each rule has a control that it catches a breach.

After adding or changing words: `make words`, then fill in what it lists.
"""

import ast
import io
import re
from copy import deepcopy
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from flask import Flask
from flask_babel import force_locale
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import IntegerField, RadioField, StringField, validators

import survey
from scoring.pools.catalog import METHODS
from survey.i18n.locale import LANGUAGES

from . import words

#: A named value in a message, as `%(name)s`.
NAMED = re.compile(r"%\((\w+)\)[sd]")
#: A percent sign that formatting would trip over: one that is neither doubled nor of a named value.
LONE = re.compile(r"(?<!%)(?:%%)*%(?![%(])")

EVERY = [(language, domain) for language in words.languages() for domain in words.DOMAINS]


@pytest.fixture(scope="module")
def templates() -> dict[str, Catalog]:
    """What there is to translate."""
    return words.templates()


def misfits(catalog: Catalog) -> list[str]:
    """Messages whose translation has other values to fill in than the English, or would not format as it does."""
    return [
        str(message.id)
        for message in catalog
        if message.id and any(_misfit(_english(message.id), form) for form in words.forms(message))
    ]


def _english(key: str | tuple[str, str]) -> str:
    # The singular may say "one"; the plural names every value.
    return key if isinstance(key, str) else key[1]


def _misfit(english: str, told: str) -> bool:
    values = set(NAMED.findall(english))
    formatted = bool(values) or "%%" in english
    return set(NAMED.findall(told)) != values or bool(formatted and LONE.search(told))


def hidden_in_f_strings(source: str) -> list[str]:
    """Messages that stand inside an f-string, where taking words out of the tree does not find them."""
    calls = (
        call
        for text in ast.walk(ast.parse(source))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
    )
    return [ast.unparse(call) for call in calls if call.func.id in {"_", "gettext", "ngettext"}]


def test_no_message_stands_inside_an_f_string() -> None:
    root = Path(survey.__file__).parent
    assert {
        path: found for path in root.rglob("*.py") if (found := hidden_in_f_strings(path.read_text()))
    } == {}


def test_a_message_inside_an_f_string_is_caught() -> None:
    assert hidden_in_f_strings("""said = f"{value} {_('if it does')}" + _("plain")""") == ["_('if it does')"]


def test_every_language_of_the_interface_has_its_catalogs() -> None:
    assert set(words.languages()) == set(LANGUAGES) - {"en"}


def test_the_tree_has_words_of_every_kind_of_source(templates: dict[str, Catalog]) -> None:
    ours = templates["messages"]
    assert "Skip to the content" in ours  # a template
    assert "Something went wrong here" in ours  # a module
    assert "There is no such page" in ours  # said later: lazy_gettext
    assert "If you did not ask, do nothing: nothing was changed." in ours  # a letter
    assert "Median" in ours  # a method of `scoring`, which knows no gettext
    assert isinstance(ours["%(num)s theme"].id, tuple)  # a plural
    assert "Your password has been changed" in templates["flask_security"]


def test_everything_that_pages_translate_of_a_method_is_taken_out(templates: dict[str, Catalog]) -> None:
    said = {
        text
        for method in METHODS.values()
        for text in (method.name, method.words, method.formula, method.when, method.group, *method.needs)
    }
    assert said - {message.id for message in templates["messages"]} == set()
    # Sources are citations: pages show them as they are.
    assert METHODS["median"].source not in templates["messages"]


#: A family as those of `scoring`: a constant, a union of sets, joined texts, a function
#: that makes a method, and what several have in common.
FAMILY = b"""
GROUP = "A group"
NEEDS = frozenset({"One need"})
one = Method(name="One " "name", group=GROUP, source="A source", needs=NEEDS | {"Another need"})

def made(name, when):
    return Method(name=name, when=when, group=GROUP, source=f"After {name}")

two = made("Two", when="Always")
many = partial(Method, group="A family", needs=NEEDS)
three = many(name="Three", when=("Now and " "then"))
"""


def test_words_of_methods_are_found_behind_names() -> None:
    found = words.words_of_methods(io.BytesIO(FAMILY), [], [], {})
    assert {text for _line, _function, text, _comments in found} == {
        "One name",
        "A group",
        "One need",
        "Another need",
        "Two",
        "Always",
        "A family",
        "Three",
        "Now and then",
    }


def test_a_word_of_a_method_that_is_no_constant_is_refused() -> None:
    with pytest.raises(ValueError, match="elsewhere"):
        list(words.words_of_methods(io.BytesIO(b"Method(name=elsewhere)"), [], [], {}))


@pytest.mark.parametrize(("language", "domain"), EVERY)
def test_no_word_is_left_untranslated(language: str, domain: str, templates: dict[str, Catalog]) -> None:
    assert words.untranslated(templates[domain], words.read(language, domain)) == []


def test_an_untranslated_word_is_noticed(templates: dict[str, Catalog]) -> None:
    planted = deepcopy(templates["messages"])
    planted.add("A sentence that nobody has translated")
    assert words.untranslated(planted, words.read("uk", "messages")) == [
        "A sentence that nobody has translated"
    ]


def test_an_unsure_word_and_a_missing_plural_are_noticed(templates: dict[str, Catalog]) -> None:
    catalog = words.read("uk", "messages")
    catalog["Skip to the content"].flags.add("fuzzy")
    one, some, _many = catalog["%(num)s theme"].string
    catalog["%(num)s theme"].string = (one, some, "")
    missing = words.untranslated(templates["messages"], catalog)
    assert {"Skip to the content", "%(num)s theme"} <= set(missing)


@pytest.mark.parametrize(("language", "domain"), EVERY)
def test_no_catalog_keeps_words_that_nothing_says(
    language: str, domain: str, templates: dict[str, Catalog]
) -> None:
    kept = {message.id for message in words.read(language, domain) if message.id}
    assert kept - {message.id for message in templates[domain]} == set()


@pytest.mark.parametrize(("language", "domain"), EVERY)
def test_every_translation_fills_in_the_same_values(language: str, domain: str) -> None:
    assert misfits(words.read(language, domain)) == []


@pytest.mark.parametrize(
    ("english", "told"),
    [
        ("It opens at %(time)s UTC.", "Відкриється %(tme)s UTC."),
        ("It opens at %(time)s UTC.", "Відкриється."),
        ("Save", "Зберегти %(what)s"),
        ("%(about)s: share of people, %%", "%(about)s: частка людей, %"),
        (("One answer was stored.", "%(num)s answers were stored."), ("Одна", "%(num)s", "%(num)s")),
    ],
)
def test_a_translation_with_other_values_is_noticed(
    english: str | tuple[str, str], told: str | tuple[str, ...]
) -> None:
    catalog = Catalog(locale="uk")
    catalog.add(english, told)
    assert len(misfits(catalog)) == 1


@pytest.mark.parametrize(("language", "domain"), EVERY)
def test_what_is_compiled_is_what_is_written(language: str, domain: str) -> None:
    # As gettext reads it: how a tool lays the file out is its own affair.
    kept = words.po_path(language, domain).with_suffix(".mo").read_bytes()
    assert words.as_read(kept) == words.as_read(words.compiled(words.read(language, domain))), (
        "run `make words`"
    )


def test_another_text_is_noticed_in_what_is_compiled() -> None:
    catalog = words.read("uk", "messages")
    before = words.as_read(words.compiled(catalog))
    assert words.as_read(words.compiled(words.read("uk", "messages"))) == before
    catalog["Menu"].string = "Перелік"
    assert words.as_read(words.compiled(catalog)) != before


@pytest.mark.parametrize(("language", "domain"), EVERY)
@pytest.mark.parametrize("ending", [".po", ".mo"])
def test_no_catalog_names_the_tool_that_wrote_it(language: str, domain: str, ending: str) -> None:
    # Its version would change the file with the machine that made it.
    assert b"Generated-By" not in words.po_path(language, domain).with_suffix(ending).read_bytes()


def test_a_catalog_of_the_tools_own_kind_names_it() -> None:
    assert "Generated-By" in dict(Catalog(locale="uk").mime_headers)


def test_ukrainian_has_its_three_plurals() -> None:
    catalog = words.read("uk", "messages")
    assert catalog.num_plurals == 3
    assert {len(words.forms(message)) for message in catalog if isinstance(message.id, tuple)} == {3}


def test_ukrainian_quotes_and_apostrophes_are_ukrainian() -> None:
    told = [form for message in words.read("uk", "messages") if message.id for form in words.forms(message)]
    assert [form for form in told if re.search(r"[“”]|[а-яіїєґ]['’][а-яіїєґ]", form)] == []
    # The control: the English ones are in use there.
    assert any("“" in str(message.id) for message in words.read("uk", "messages"))


def test_a_new_language_begins_with_every_word_to_translate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, templates: dict[str, Catalog]
) -> None:
    monkeypatch.setattr(words, "TRANSLATIONS", tmp_path)
    (tmp_path / "ga" / "LC_MESSAGES").mkdir(parents=True)
    assert words.languages() == ["ga"]
    missing = words.refresh("ga", "messages", deepcopy(templates["messages"]))
    assert len(missing) == len(templates["messages"])
    begun = words.read("ga", "messages")
    assert len(words.forms(begun["%(num)s theme"])) == begun.num_plurals == 5
    # What is translated stays when words are taken out again.
    begun["Menu"].string = "Roghchlár"
    with words.po_path("ga", "messages").open("wb") as file:
        write_po(file, begun)
    assert "Menu" not in words.refresh("ga", "messages", deepcopy(templates["messages"]))


class Every(FlaskForm):  # type: ignore[misc]
    """A field for each refusal of the form library's own that our forms may give."""

    empty = StringField(validators=[validators.InputRequired()])
    long = StringField(validators=[validators.Length(max=2)])
    number = IntegerField(validators=[validators.NumberRange(max=3)])
    letters = IntegerField()
    choice = RadioField(choices=["a", "b"])


def refusals() -> list[str]:
    """What a form says of its fields, in the language of the moment."""
    form = Every(MultiDict({"long": "abc", "number": "5", "letters": "x", "choice": "c"}))
    form.validate()
    return [str(error) for errors in form.errors.values() for error in errors]


def test_refusals_of_the_form_library_are_in_the_readers_language(app: Flask) -> None:
    # One request each: the form library keeps its words for the length of one.
    with app.test_request_context(headers={"Accept-Language": "uk"}):
        ukrainian = refusals()
    with app.test_request_context():
        english = refusals()
    assert len(ukrainian) == len(english) >= 5
    assert [told for told in ukrainian if re.search("[A-Za-z]{3}", told)] == []
    assert all(re.search("[A-Za-z]{3}", told) for told in english)


def test_flask_security_speaks_the_readers_language(app: Flask) -> None:
    say = app.extensions["security"].i18n_domain.gettext
    with app.test_request_context():
        with force_locale("uk"):
            assert say("Invalid password") == "Неправильний пароль"
        with force_locale("en"):
            assert say("Invalid password") == "Invalid password"
