"""The heads over the columns of a scenario tree, however long a language makes them."""

import pytest

from survey.charts import Branch, scenario_tree
from survey.charts.branches import HEAD
from survey.charts.look import Spec
from survey.charts.scenarios import HEAD_LINE, HEAD_MOST, HEAD_STEP, WITH_ROWS


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
