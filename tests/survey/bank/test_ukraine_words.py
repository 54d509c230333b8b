"""The bank that ships: how it says what it asks, in both languages, for readers of every side."""

import re
from collections.abc import Iterator

import pytest

from survey.bank.content import Bank
from survey.bank.reading import bank_folder, read_bank

BANK = read_bank(bank_folder("ukraine"))
LANGUAGES = ["en", "uk"]

#: Wording that one side or another would object to, anywhere.
PARTIAL = [
    "little appetite",
    "entrenched position",
    "intransigence",
    "goodwill",
    "demoniz",
    "Kakhovka",
    "ironclad",
    "robust guarantee",
    "Western forces",
    "the West",
    "defence shield",
    "eastern flank",
    "new Cold War",
    "divided alliance",
    "escalation by Russia",
    "hybrid war",
    "proxy conflict",
    "special military operation",
    "dependence on Russian gas",
    "Kremlin",
    "Moscow",
    "Bankova",
    "liberate",
    "new territories",
]
#: The same in Ukrainian: a translation must not bring back what the English leaves out.
PARTIAL_UKRAINIAN = [
    "Кремл",
    "Москв",
    "Банков",
    "гібридн",
    "проксі",
    "спеціальна воєнна операція",
    "Захід ",
    "Каховк",
    "звільнен",
    "східний фланг",
    "нова холодна війна",
    "загарбн",
    "агресор",
    "окупант",
]
#: Wording that a title may not have, though a definition may need it.
PARTIAL_IN_TITLES = [
    "concession",
    "cede",
    "annex",
    "occupied",
    "invasion",
    "conflict zone",
    "окупован",
    "анекс",
    "поступк",
]


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def texts(bank: Bank, language: str) -> Iterator[tuple[str, str]]:
    """Every text of one language with the place it stands at."""
    words = bank.words[language]
    yield from ((f"survey.{name}", text) for name, text in vars(words.survey).items())
    yield "consent", words.consent
    for key, theme in words.themes.items():
        yield from ((f"theme.{key}.{name}", text) for name, text in vars(theme).items())
    for key, question in words.questions.items():
        for name in ("title", "short", "background", "criteria", "fine_print"):
            yield f"question.{key}.{name}", getattr(question, name)
        yield from ((f"question.{key}.options.{option}", label) for option, label in question.options.items())
    yield from ((f"relation.{key}", text) for key, text in words.relations.items())
    for tree in words.scenarios.values():
        for part, scenario in tree.items():
            yield from ((f"scenario.{part}", text) for text in vars(scenario).values())


def test_titles_have_fewer_than_120_characters(language: str) -> None:
    long = {
        key: len(words.title)
        for key, words in BANK.words[language].questions.items()
        if len(words.title) >= 120
    }
    assert long == {}


def test_titles_differ(language: str) -> None:
    titles = [words.title for words in BANK.words[language].questions.values()]
    assert len(set(titles)) == len(titles)


def test_every_title_is_a_question(language: str) -> None:
    assert all(words.title.endswith("?") for words in BANK.words[language].questions.values())


def test_every_question_has_two_publishers(language: str) -> None:
    assert all(len(set(words.sources)) >= 2 for words in BANK.words[language].questions.values())


def test_no_source_is_an_address_that_can_rot(language: str) -> None:
    for words in BANK.words[language].questions.values():
        assert not [
            source for source in words.sources if re.search(r"https?:|www\.|\.(com|org|net|ua)\b", source)
        ]


def test_both_languages_name_as_many_sources() -> None:
    counts = [
        {key: len(words.sources) for key, words in BANK.words[language].questions.items()}
        for language in LANGUAGES
    ]
    assert counts[0] == counts[1]


def test_every_criterion_names_its_time_zone(language: str) -> None:
    missing = [key for key, words in BANK.words[language].questions.items() if "UTC" not in words.criteria]
    assert missing == []


def test_a_background_tells_nothing_later_than_2024(language: str) -> None:
    later = {
        key: re.findall(r"\b20(?:2[5-9]|[3-9]\d)\b", words.background)
        for key, words in BANK.words[language].questions.items()
    }
    assert {key: years for key, years in later.items() if years} == {}


def test_a_background_has_two_to_five_sentences(language: str) -> None:
    counts = {
        key: len(words.background.splitlines()) for key, words in BANK.words[language].questions.items()
    }
    assert {key: count for key, count in counts.items() if not 2 <= count <= 5} == {}


def test_both_languages_tell_as_many_sentences_and_paragraphs() -> None:
    """One sentence stands on one line: a translation that leaves one out has fewer."""
    for key, english in BANK.words["en"].questions.items():
        ukrainian = BANK.words["uk"].questions[key]
        for name in ("background", "criteria", "fine_print"):
            lines = [len(getattr(words, name).splitlines()) for words in (english, ukrainian)]
            assert lines[0] == lines[1], f"{key}.{name}"


def test_both_languages_name_the_same_years_and_large_numbers() -> None:
    def numbers(text: str) -> list[str]:
        return sorted(set(re.findall(r"\b\d{3,4}\b", text.replace("\u00a0", "").replace(",", ""))))

    for key, english in BANK.words["en"].questions.items():
        ukrainian = BANK.words["uk"].questions[key]
        assert numbers(english.title) == numbers(ukrainian.title), key


@pytest.mark.parametrize("wording", PARTIAL)
def test_the_english_takes_no_side(wording: str) -> None:
    pattern = re.compile(rf"\b{re.escape(wording)}", re.I)
    assert [place for place, text in texts(BANK, "en") if pattern.search(text)] == []


@pytest.mark.parametrize("wording", PARTIAL_UKRAINIAN)
def test_the_ukrainian_takes_no_side(wording: str) -> None:
    pattern = re.compile(rf"\b{re.escape(wording)}", re.I)
    assert [place for place, text in texts(BANK, "uk") if pattern.search(text)] == []


@pytest.mark.parametrize("wording", PARTIAL_IN_TITLES)
def test_no_title_takes_a_side(wording: str, language: str) -> None:
    pattern = re.compile(rf"\b{re.escape(wording)}", re.I)
    titles = (words.title for words in BANK.words[language].questions.values())
    assert [title for title in titles if pattern.search(title)] == []


def test_an_invasion_is_spoken_of_once_at_most_and_as_a_date() -> None:
    found = [text for _, text in texts(BANK, "en") if "invasion" in text.casefold()]
    assert len(found) <= 1
    assert all("Russia's full-scale invasion of 24 February 2022" in text for text in found)


def test_governments_say_and_claim_nothing_but_territory() -> None:
    claimed = {place for place, text in texts(BANK, "en") if re.search(r"\bclaim", text)}
    assert {place for place in claimed if not place.startswith("question.territory.")} == set()


def test_no_apostrophe_of_typewriters_in_ukrainian_words() -> None:
    found = [place for place, text in texts(BANK, "uk") if re.search(r"[а-яіїєґ]['’][а-яіїєґ]", text, re.I)]
    assert found == []
