"""A folder becomes a bank."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from survey.bank import content
from survey.bank.content import Axis, Bank, Event, Leaf, Option, Relation
from survey.bank.reading import available_banks, bank_folder, read_bank
from survey.errors import BankError

from . import tiny

AT_PEACE = Event("peace", ("2027-06-30",), True)


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    return read_bank(tiny.write(tmp_path / "tiny"))


def moment(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)


def test_a_bank_read_twice_is_equal_to_itself(bank: Bank, tmp_path: Path) -> None:
    assert read_bank(tiny.write(tmp_path / "again")) == bank


def test_questions_keep_their_order(bank: Bank) -> None:
    assert [question.key for question in bank.questions] == list(tiny.LABELS)


@pytest.mark.parametrize(
    ("key", "options"),
    [
        ("rain", ["yes"]),
        ("colour", ["red", "green", "blue"]),
        ("size", ["small", "large"]),
        ("peace", ["2027-06-30", "2028-06-30"]),
        ("branch", ["if_yes", "if_no"]),
        ("price", ["value"]),
        ("day", ["value"]),
    ],
)
def test_each_kind_has_its_options(bank: Bank, key: str, options: list[str]) -> None:
    assert [option.key for option in bank.question(key).options] == options


def test_a_rung_closes_when_the_day_of_its_deadline_is_over(bank: Bank) -> None:
    assert bank.question("peace").options[0] == Option("2027-06-30", closes=moment(2027, 7, 1))


def test_the_branches_of_a_pair_say_which_way_the_condition_came_out(bank: Bank) -> None:
    assert [option.given_holds for option in bank.question("branch").options] == [True, False]


def test_a_question_opens_with_the_survey(bank: Bank) -> None:
    assert bank.question("rain").opens == moment(2026, 11, 1)


def test_a_question_may_open_later(tmp_path: Path) -> None:
    opens = 'key = "rain"\nopens = 2027-01-01T00:00:00Z'
    folder = tiny.write_edited(tmp_path, "structure.toml", 'key = "rain"', opens)
    assert read_bank(folder).question("rain").opens == moment(2027, 1, 1)


def test_a_question_closes_when_the_day_of_its_deadline_is_over(bank: Bank) -> None:
    assert bank.question("rain").closes == moment(2028, 1, 1)


def test_a_ladder_closes_with_its_last_rung(bank: Bank) -> None:
    assert bank.question("peace").closes == moment(2028, 7, 1)


def test_a_question_closes_where_it_says_so(bank: Bank) -> None:
    assert bank.question("lasts").closes == moment(2027, 7, 1)


def test_a_time_in_another_zone_is_brought_to_utc(tmp_path: Path) -> None:
    folder = tiny.write_edited(
        tmp_path, "structure.toml", "closes = 2027-07-01T00:00:00Z", "closes = 2027-07-01T02:00:00+02:00"
    )
    assert read_bank(folder).question("lasts").closes == moment(2027, 7, 1)


def test_a_numeric_question_has_its_range(bank: Bank) -> None:
    assert bank.question("price").range == content.RangeFacts(
        "log", 0.5, 40, open_lower=False, open_upper=True, whole=False, quantile_levels=(0.05, 0.5, 0.95)
    )


def test_bounds_of_a_date_are_days_since_1970(bank: Bank) -> None:
    found = bank.question("day").range
    assert found is not None
    assert (found.lower, found.upper) == (20772.0, 21914.0)


def test_a_question_of_probabilities_has_no_range(bank: Bank) -> None:
    assert bank.question("rain").range is None


def test_a_condition_is_an_event(bank: Bank) -> None:
    assert bank.question("lasts").given == AT_PEACE
    assert bank.question("rain").given is None


def test_relations_name_events_in_order_and_a_total_its_pair(bank: Bank) -> None:
    relations = {relation.key: relation for relation in bank.relations}
    assert relations["I.b"].events == (Event("lasts", ("yes",), False), Event("rain", ("yes",), False))
    assert relations["T"] == Relation("T", "total", (Event("size", ("large",), True),), "branch")


def test_a_relation_finds_its_words_before_the_dot(bank: Bank) -> None:
    assert {relation.words for relation in bank.relations} == {"I", "Q", "X", "P", "T"}


def test_an_event_has_its_options_in_the_order_of_the_question(tmp_path: Path) -> None:
    folder = tiny.write_edited(tmp_path, "structure.toml", 'options = ["red"]', 'options = ["blue", "red"]')
    relation = next(relation for relation in read_bank(folder).relations if relation.key == "Q")
    assert relation.events[0].options == ("red", "blue")


def test_a_scenario_has_axes_asides_and_leaves(bank: Bank) -> None:
    (tree,) = bank.scenarios
    assert tree.axes == (
        Axis("peace", AT_PEACE),
        Axis("large", Event("size", ("large",), True), "branch"),
        Axis("wet", Event("rain", ("yes",), True), None, "aside"),
    )
    assert tree.leaves[2] == Leaf("none", {"peace": False})


def test_words_are_read_in_every_language(bank: Bank) -> None:
    assert bank.words["uk"].questions["rain"].title == "Title of rain uk"
    assert bank.words["en"].scenarios["tree"]["leaf:best"].definition == "Best defined en"
    assert bank.words["en"].scenarios["tree"]["axis:wet"].title == "Wet en"


def test_long_texts_lose_the_space_around_them(bank: Bank) -> None:
    assert bank.words["en"].consent == "Consent en,\nover two lines."


def test_a_kind_with_one_option_has_a_label_of_its_own(bank: Bank) -> None:
    assert bank.words["en"].questions["rain"].options == {"yes": "Yes"}
    assert bank.words["uk"].questions["rain"].options == {"yes": "Так"}


def test_the_bank_may_give_that_label_itself(tmp_path: Path) -> None:
    changed = {
        f"{language}.toml": tiny.words(language).replace(
            f'title = "Title of rain {language}"',
            f'title = "Rain {language}"\noptions.yes = "Wet {language}"',
        )
        for language in ("en", "uk")
    }
    bank = read_bank(tiny.write(tmp_path, changed))
    assert bank.words["uk"].questions["rain"].options == {"yes": "Wet uk"}


def test_a_bank_without_a_worked_answer_is_a_bank(tmp_path: Path) -> None:
    folder = tiny.write(tmp_path)
    (folder / "worked.toml").unlink()
    assert read_bank(folder).worked == {}


def test_a_bank_may_have_neither_relations_nor_scenarios(tmp_path: Path) -> None:
    structure = tiny.STRUCTURE.partition("[[relation]]")[0]
    alone = {f"{language}.toml": tiny.words(language).partition("[relation]")[0] for language in ("en", "uk")}
    bank = read_bank(tiny.write(tmp_path, {"structure.toml": structure, **alone}))
    assert (bank.relations, bank.scenarios) == ((), ())


def test_the_shipped_bank_is_found_by_its_name() -> None:
    assert "ukraine" in available_banks()
    assert (bank_folder("ukraine") / "structure.toml").exists()


def test_another_bank_is_found_by_its_path(tmp_path: Path) -> None:
    assert bank_folder(tmp_path) == tmp_path
    assert bank_folder(str(tmp_path)) == tmp_path


def test_a_bank_that_is_nowhere_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(BankError) as error:
        bank_folder("atlantis")
    assert error.value.faults == [
        "atlantis: there is no such folder, and no such bank; there are: " + ", ".join(available_banks())
    ]


def test_an_unknown_question_is_a_look_up_error(bank: Bank) -> None:
    with pytest.raises(LookupError):
        bank.question("nothing")
