"""The words in a scenario tree: heads over its columns, however long a language makes them, and inner chances."""

import re

import pytest
import vl_convert

from survey.charts import Branch, scenario_tree
from survey.charts.branches import HEAD
from survey.charts.look import Spec
from survey.charts.scenarios import HEAD_LINE, HEAD_MOST, HEAD_STEP, WITH_ROWS
from survey.charts.words import chance_words
from survey.i18n import formatting

#: The width of the picture on a phone (`.p-chart-wide`), and of a letter, half bold, at 14 px.
PHONE, LETTER = 700, 7.8


def end(label: str, value: float, colour: str) -> Branch:
    return Branch(label, value, colour, row=(label, f"{value} %", "–"))


TREE = Branch(
    "all",
    100,
    "grey",
    (
        Branch("yes", 20, "blue", (end("yes", 5, "blue"), end("no", 15, "sky"))),
        Branch("no", 80, "grey", (end("yes", 2, "vermilion"), end("no", 78, "grey"))),
    ),
)


def heads(*words: str) -> list[Spec]:
    """The layers that hold the heads."""
    spec = scenario_tree(TREE, words, ["Scenario", "Point", "Bounds"], title="Scenarios").spec
    return [layer for layer in spec["layer"] if "head" in layer.get("data", {}).get("values", [{}])[0]]


@pytest.mark.parametrize(
    "head",
    [
        "Ceasefire",
        "A general ceasefire takes effect by the end of 2027",
        "Загальне припинення вогню починає діяти до кінця 2027 року включно",
    ],
)
def test_a_head_stands_on_lines_that_end_above_the_rule(head: str) -> None:
    row = heads("", head, head)[1]["data"]["values"][0]
    assert " ".join(row["head"]) == head
    assert max(map(len, row["head"])) <= HEAD_MOST
    assert row["at"] >= 0
    assert row["at"] + HEAD_STEP * len(row["head"]) < HEAD_LINE < HEAD


def test_the_last_head_stands_over_its_column_or_without_rows_ends_where_the_picture_does() -> None:
    first, last = heads("", "Ceasefire", "Clash")[1:]
    assert first["mark"]["align"] == "left"
    assert last["mark"]["align"] == {"expr": f"({WITH_ROWS} ? 'left' : 'right')"}
    assert last["encoding"]["x"]["value"]["expr"].endswith(": width)")


def test_long_names_of_thin_branches_end_in_the_picture_and_keep_their_chance() -> None:
    name = "Припинення вогню з юридично обовʼязковою гарантією"
    thin = Branch(name, 3, "blue", (Branch(name, 3, "blue", (end(name, 3, "blue"),)),))
    root = Branch(
        "all",
        100,
        "grey",
        (thin, Branch("Ні", 97, "grey", (Branch("Ні", 97, "grey", (end("Ні", 97, "grey"),)),))),
    )
    spec = scenario_tree(root, ["", "", "", ""], ["Сценарій", "Значення", "Межі"], title="Дерево").spec
    svg = vl_convert.vegalite_to_svg(spec | {"width": PHONE}, allowed_base_urls=[])
    seen = re.findall(r'text-anchor="(start|end)"[^>]*translate\(([-\d.]+),[^>]*>([^<]+)</text>', svg)
    shortened = [(anchor, float(x), words.replace("\xa0", " ")) for anchor, x, words in seen if "…" in words]
    assert {words.partition("…")[2] for anchor, _x, words in shortened if anchor == "end"} == {" 3.0 %"}
    assert {words[:4] for anchor, _x, words in shortened if anchor == "start"} == {"3 % "}
    assert all(
        x - LETTER * len(words) >= 0 if anchor == "end" else x + LETTER * len(words) <= PHONE
        for anchor, x, words in shortened
    )


def test_a_branch_inside_says_its_chance_as_the_page_does_of_its_row() -> None:
    """Products lie on halves and next to certainty: 12.5 was 12 % here and 13 % there, 99.97 was 100 %."""
    chances = [0.02, 0.05, 0.5, 4.25, 4.35, 4.95, 4.97, 12.5, 22.5, 50.5, 94.96, 95.05, 99.5, 99.97]
    assert [chance_words(chance) for chance in chances] == [formatting.percent(c / 100) for c in chances]
    assert [chance_words(chance) for chance in (0, 100)] == ["0\xa0%", "100\xa0%"]


def test_the_chance_of_an_inner_branch_is_drawn_so() -> None:
    yes = Branch("yes", 22.5, "blue", (end("yes", 5, "blue"), end("no", 17.5, "sky")))
    no = Branch("no", 77.5, "grey", (end("yes", 7.5, "vermilion"), end("no", 70, "grey")))
    root = Branch("all", 100, "grey", (yes, no))
    spec = scenario_tree(root, ["", "a", "b"], ["Scenario", "Point", "Bounds"], title="Scenarios").spec
    drawn = {str(row.get("words")) for layer in spec["layer"] for row in layer["data"]["values"]}
    assert {"23\xa0%", "78\xa0%"} <= drawn and not {"22\xa0%", "77\xa0%"} & drawn
