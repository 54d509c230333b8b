"""Charts: each compiles, tells its numbers in words and in a table, and keeps the style sheet's colours."""

import json
import math
import re
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import vl_convert
from hypothesis import given
from hypothesis import strategies as st

from survey import charts
from survey.charts import Axis, Bin, Branch, Chart, Leaf, Line, NamedInterval, Rung, Spec, Step
from survey.charts.branches import pixels_per_percent, places_of, row_places, tree_height
from survey.charts.curve import density_of, window_of
from survey.charts.look import WIDTH
from survey.charts.scenarios import LEADER
from survey.charts.shares import place as place_of
from survey.charts.words import apart

START = date(2026, 11, 15)
LEVELS = [0.05, 0.25, 0.5, 0.75, 0.95]
AID = [395.0, 448.0, 482.0, 522.0, 610.0]
AID_AXIS = Axis(300, 1000, log=True, open_lower=True, open_upper=True, before="€", unit=" bn")
STEPS = [Step(START + timedelta(9 * k), 33 - k, 28 - k, 38 - k, 15 - k, 55 - k) for k in range(8)]
OWN = [(START + timedelta(2), 45.0), (START + timedelta(40), 60.0)]
RUNGS = [Rung(date(2027, 6, 30), 10), Rung(date(2027, 12, 31), 25), Rung(date(2028, 12, 31), None)]


def days(year: int, month: int, day: int) -> int:
    return (date(year, month, day) - date(1970, 1, 1)).days


def clash(no: float, yes: float, colour: str) -> tuple[Branch, ...]:
    names = f"{colour}, no clash", f"{colour}, clash"
    return (
        Branch("no clash", no, colour, row=(names[0], f"{no} %", "–")),
        Branch("clash", yes, "vermilion", row=(names[1], f"{yes} %", "0 % – 0.7 %")),
    )


def tree() -> Branch:
    """The tree of the scenarios page: 100 = 25 + 75, each divided twice."""
    made = Branch("Guarantee", 6, "blue", clash(5.8, 0.2, "blue"))
    bare = Branch("No guarantee", 19, "sky", clash(18.4, 0.6, "sky"))
    late = Branch("No ceasefire", 75, "grey", (Branch("No guarantee", 75, "grey", clash(72, 3, "grey")),))
    return Branch("All futures", 100, "ink", (Branch("Ceasefire", 25, "blue", (made, bare)), late))


HEADS = ["All futures", "Ceasefire?", "Guarantee?", "Clash?"]
COLUMNS = ["Scenario", "Point", "Bounds"]
METHODS = [
    NamedInterval("Parley default", 25, 21, 29),
    NamedInterval("Weighted median", 24),
    NamedInterval("Median of the last 30 days", 22, 17, 27),
]
SANCTIONS = [days(2027, 6, 1), days(2028, 9, 1), days(2030, 3, 1), days(2032, 7, 1), days(2038, 1, 1)]
DATES = Axis(days(2026, 11, 15), days(2035, 12, 31), dates=True, open_upper=True)

EXAMPLES: dict[str, Chart] = {
    "crowd over time": charts.crowd_over_time(
        STEPS, title="Fewer expect it", own=OWN, until=date(2027, 3, 12)
    ),
    "a first publication": charts.crowd_over_time(STEPS[:1], title="First"),
    "other rungs": charts.crowd_over_time(
        STEPS, title="All dates", others=[Line("38 % by 2028", [(START, 40), (START + timedelta(30), 38)])]
    ),
    "no bands": charts.crowd_over_time([Step(START, 12)], title="Bare"),
    "histogram": charts.histogram(
        charts.tenths([3, 2, 5, 9, 11, 17, 19, 18, 11, 5]), title="Where people stand", own=70
    ),
    "merged histogram": charts.histogram([Bin(0, 40, 60), Bin(40, 100, 40)], title="Merged"),
    "ladder": charts.ladder(RUNGS, start=START, title="Your curve", own=RUNGS),
    "empty ladder": charts.ladder([Rung(rung.day, None) for rung in RUNGS], start=START, title="Nothing yet"),
    "banded ladder": charts.ladder([Rung(date(2028, 1, 1), 40, 35, 45)], start=START, title="Crowd"),
    "ordered bars": charts.ordered_bars(METHODS, title="States", own={"Weighted median": 30}),
    "log density": charts.quantile_density(LEVELS, AID, axis=AID_AXIS, title="Aid"),
    "density of dates": charts.quantile_density(LEVELS, SANCTIONS, axis=DATES, title="Sanctions end"),
    "equal quantiles": charts.quantile_density(
        LEVELS, [0, 0, 0, 3, 10], axis=Axis(0, 60, open_upper=True), title="Plants"
    ),
    "two densities": charts.quantile_density(
        LEVELS, AID, axis=AID_AXIS, title="Aid", own=[350, 400, 420, 450, 600]
    ),
    "methods": charts.methods_side_by_side(METHODS, title="Methods agree"),
    "spreads": charts.spreads_in_log_odds(METHODS, title="Where people disagree"),
    "segments": charts.segments(
        {"All (148)": [6, 19, 75]}, ["a", "b", "c"], ["blue", "sky", "grey"], title="By group"
    ),
    "calibration": charts.calibration([(5, 7, 2, 26, 14), (88, 100, 60, 100, 4)], title="Within chance"),
    "scenario bar": charts.scenario_bar(
        [Leaf("With", 6, "blue", 3.2), Leaf("Without", 19, "sky"), Leaf("None", 75, "grey", 4.2)],
        title="Scenarios",
    ),
    "scenario tree": charts.scenario_tree(tree(), HEADS, COLUMNS, title="Tree"),
    "response": charts.response_over_time(
        [Line("Invited", [(START, 240)]), Line("Joined", OWN), Line("Answered all", OWN)],
        title="Half have answered",
    ),
}
every_chart = pytest.mark.parametrize("chart", EXAMPLES.values(), ids=EXAMPLES.keys())


@every_chart
def test_a_specification_compiles_to_a_picture(chart: Chart) -> None:
    svg = vl_convert.vegalite_to_svg(chart.spec, allowed_base_urls=[])
    assert svg.startswith("<svg")
    assert "NaN" not in svg and "undefined" not in svg


def drawn(spec: Spec) -> str:
    """The picture without the names of its layers."""
    svg = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    return re.sub(r"(layer_\d+_)+|(?<=clip)\d+", "", svg)


@every_chart
def test_what_is_sent_to_a_page_draws_the_same(chart: Chart) -> None:
    assert drawn(chart.concise) == drawn(chart.spec)


def test_axes_are_sent_once_and_not_with_every_layer() -> None:
    chart = EXAMPLES["crowd over time"]
    sent, whole = (len(json.dumps(spec)) for spec in (chart.concise, chart.spec))
    assert sent < 0.6 * whole


@every_chart
def test_a_specification_is_plain_json(chart: Chart) -> None:
    assert json.loads(json.dumps(chart.spec, allow_nan=False)) == chart.spec


@every_chart
def test_the_picture_speaks_its_text_alternative(chart: Chart) -> None:
    assert chart.title in chart.description
    assert chart.spec["description"] == chart.description


@every_chart
def test_every_row_of_the_table_has_every_column_in_words(chart: Chart) -> None:
    assert chart.rows
    for row in chart.rows:
        assert len(row) == len(chart.columns)
        assert all(isinstance(cell, str) for cell in row)


@every_chart
def test_every_colour_is_one_of_the_palette(chart: Chart) -> None:
    layers = json.dumps([chart.spec["layer"], chart.spec["config"]])
    assert set(re.findall(r"#[0-9a-f]{6}", layers)) <= set(charts.PALETTE.values())


@every_chart
def test_an_axis_of_probabilities_is_never_cut(chart: Chart) -> None:
    """Every scale whose axis is labelled in quarters of 100 runs from 0 to 100."""

    def channels(layer: dict) -> list[dict]:
        inner = [channel for below in layer.get("layer", []) for channel in channels(below)]
        return [*layer.get("encoding", {}).values(), *inner]

    for layer in chart.spec["layer"]:
        for channel in channels(layer):
            if isinstance(channel, dict) and (channel.get("axis") or {}).get("values") == [
                0,
                25,
                50,
                75,
                100,
            ]:
                assert channel["scale"]["domain"] == [0, 100]


def test_the_palette_is_the_light_scheme_of_the_style_sheet() -> None:
    sheet = Path(charts.__file__).parents[1] / "static" / "parley.css"
    light = sheet.read_text().split("@media (prefers-color-scheme: dark)")[0]
    stated = dict(re.findall(r"--p-([a-z0-9-]+): (#[0-9a-f]{6});", light))
    assert {name: stated[name] for name in charts.PALETTE} == dict(charts.PALETTE)


def test_the_dark_scheme_has_every_colour_of_the_light_one() -> None:
    sheet = (Path(charts.__file__).parents[1] / "static" / "parley.css").read_text()
    light, dark = sheet.split("@media (prefers-color-scheme: dark)")
    named = re.compile(r"--p-([a-z0-9-]+): #[0-9a-f]{6};")
    assert set(named.findall(light)) == set(named.findall(dark.split("@media")[0]))


def test_no_two_colours_are_confused_when_variables_take_their_place() -> None:
    assert len(charts.TOKENS) == len(charts.PALETTE)


def test_no_words_name_a_colour_that_only_one_scheme_has() -> None:
    """What is dark in the light scheme is light in the dark one."""
    rooms = Path(charts.__file__).parent
    sources = [*rooms.glob("*.py"), rooms.parent / "presenters" / "crowd_charts.py"]
    words = [said for source in sources for said in re.findall(r'_\(\s*"([^"]*)"', source.read_text())]
    assert len(words) > 40
    colours = re.compile(r"\b(dark|light|pale|black|white|grey|blue|teal)(er)?\b", re.IGNORECASE)
    assert [said for said in words if colours.search(said)] == []
    assert colours.search("Darker: the middle half; dark line: you")


# --- what the pictures say ---


def test_a_publication_stands_until_the_next_and_is_never_filled_in() -> None:
    drawn = EXAMPLES["crowd over time"].spec["layer"]
    lines = [layer for layer in drawn if layer.get("mark", {}).get("type") in ("line", "area")]
    assert all(layer["mark"]["interpolate"] == "step-after" for layer in lines)
    crowd = next(layer for layer in lines if layer["mark"].get("strokeWidth") == 2.5)
    assert len(crowd["data"]["values"]) == len(STEPS) + 1  # the last one again at the picture's end


def test_uncertainty_and_spread_never_share_a_style() -> None:
    drawn = EXAMPLES["crowd over time"].spec["layer"]
    areas = [layer["mark"]["color"] for layer in drawn if layer.get("mark", {}).get("type") == "area"]
    assert areas == [charts.PALETTE["paper-2"], charts.PALETTE["band"]]


def test_the_table_of_the_crowd_says_what_the_reader_held_then() -> None:
    chart = EXAMPLES["crowd over time"]
    mine = [row[-1].replace("\xa0", " ") for row in chart.rows]
    assert mine[0] == "–"
    assert mine[1] == "45 %"
    assert mine[-1] == "60 %"


def test_a_merged_bin_keeps_its_area() -> None:
    bars = EXAMPLES["merged histogram"].spec["layer"][0]["data"]["values"]
    for bar, share in zip(bars, (60, 40), strict=True):
        assert bar["tall"] * (bar["high"] - bar["low"]) == pytest.approx(share, abs=0.01)
        assert bar["share"] == f"{share} in all"


@pytest.mark.parametrize(("own", "low"), [(0.1, 0), (70, 70), (69.9, 60), (100, 90)])
def test_the_readers_bar_is_the_one_that_holds_the_forecast(own: float, low: int) -> None:
    chart = charts.histogram(charts.tenths([10] * 10), title="Now", own=own)
    mine = [bar["low"] for bar in chart.spec["layer"][0]["data"]["values"] if bar["mine"]]
    assert mine == [place_of(low)]


def test_without_an_own_forecast_no_bar_is_marked() -> None:
    chart = charts.histogram(charts.tenths([10] * 10), title="Now")
    assert not any(bar["mine"] for bar in chart.spec["layer"][0]["data"]["values"])


def test_a_ladder_implies_the_chance_of_each_interval() -> None:
    chances = [chance.replace("\xa0", " ") for _label, chance in charts.implied(RUNGS, ["a", "b", "c"])]
    assert chances == ["10 %", "15 %", "75 %"]


@given(st.lists(st.integers(0, 100), min_size=1, max_size=6).map(sorted))
def test_implied_chances_and_later_or_never_make_100(values: list[int]) -> None:
    rungs = [Rung(START + timedelta(100 * k), value) for k, value in enumerate(values)]
    chances = [chance for _label, chance in charts.implied(rungs, ["x"] * len(rungs))]
    assert sum(float(chance.split("\xa0")[0]) for chance in chances) == 100


def test_an_unanswered_rung_is_shaded_as_still_open_and_an_answered_ladder_is_not() -> None:
    open_end = json.dumps(EXAMPLES["ladder"].spec["layer"])
    assert "still open:" in open_end and "25 to 100" in open_end
    assert "still open:" not in json.dumps(EXAMPLES["banded ladder"].spec["layer"])


# --- density ---


@given(
    st.lists(st.floats(1, 100), min_size=5, max_size=5, unique=True)
    .map(sorted)
    .filter(lambda values: min(np.diff(values)) > 0.05 * (values[-1] - values[0]))
)
def test_the_density_gives_each_interval_about_its_share(values: list[float]) -> None:
    wide = values[-1] - values[0]
    grid = np.linspace(values[0] - wide, values[-1] + wide, 20_001)
    density = density_of(LEVELS, np.asarray(values), grid)
    for (low, high), share in zip(pairwise(values), np.diff(LEVELS), strict=True):
        inside = (grid >= low) & (grid <= high)
        assert np.trapezoid(density[inside], grid[inside]) == pytest.approx(share, abs=0.02)
    assert density.min() >= 0


def test_equal_quantiles_make_a_finite_peak() -> None:
    density = density_of(LEVELS, np.zeros(5), np.linspace(0, 60, 161))
    assert np.isfinite(density).all() and density.max() > 0


def test_the_window_stays_inside_the_range_and_holds_every_quantile() -> None:
    low, high = window_of(AID_AXIS, AID)
    assert (low, high) == (300, 1000)
    near = window_of(Axis(0, 1000), [10, 20, 30])
    assert near[0] == 0 and 30 < near[1] < 1000


def test_a_quantile_beyond_an_open_bound_is_drawn() -> None:
    assert window_of(Axis(0, 60, open_upper=True), [1, 2, 80])[1] >= 80


def test_dates_are_told_as_days_in_the_table() -> None:
    assert EXAMPLES["density of dates"].rows[2][1] == "1\u00a0Mar 2030"


# --- scenarios ---


def test_the_height_of_a_branch_is_its_probability() -> None:
    root = tree()
    scale = pixels_per_percent(root)
    for place in places_of(root, scale):
        if place.branch.children:
            assert place.bottom - place.top == pytest.approx(place.branch.value * scale)


def test_children_leave_their_parent_one_below_the_other_without_a_gap() -> None:
    root = tree()
    places = list(places_of(root, pixels_per_percent(root)))
    top = places[0]
    pieces = [place.parent for place in places if place.column == 1 and place.parent]
    assert pieces[0][0] == pytest.approx(top.top)
    assert pieces[0][1] == pytest.approx(pieces[1][0])
    assert pieces[1][1] == pytest.approx(top.bottom)


def test_a_clash_is_never_thinner_than_two_pixels() -> None:
    root = tree()
    for place in places_of(root, pixels_per_percent(root)):
        if place.branch.colour == "vermilion":
            assert place.bottom - place.top >= 2 - 1e-9


def test_nothing_of_the_tree_is_drawn_outside_it() -> None:
    root = tree()
    places = list(places_of(root, pixels_per_percent(root)))
    assert min(place.top for place in places) >= 0
    assert max(place.bottom for place in places) <= 440


def test_the_table_of_the_tree_has_a_row_for_each_end_and_adds_to_100() -> None:
    rows = EXAMPLES["scenario tree"].rows
    assert len(rows) == 6
    assert math.fsum(float(row[1].split()[0]) for row in rows) == pytest.approx(100)
    assert rows[0] == ("blue, no clash", "5.8 %", "–")


def test_the_rows_of_the_tree_stand_beside_it_evenly_in_the_order_of_its_ends_and_keep_their_names() -> None:
    slim = Branch("Guarantee", 0.3, "blue", clash(0.29, 0.01, "blue"))
    rest = Branch("No guarantee", 99.7, "sky", clash(99.7, 0, "sky"))
    root = Branch("All futures", 100, "ink", (slim, rest))
    middles = row_places(root)
    assert [round(two - one, 6) for one, two in pairwise(middles)] == [(440 - 72) / 4] * 3
    ends = [place for place in places_of(root, pixels_per_percent(root)) if place.column == 2]
    assert all(place.bottom - place.top >= 1 for place in ends)
    assert all(one.bottom <= two.top + 1e-9 for one, two in pairwise(ends))
    chart = charts.scenario_tree(root, HEADS[:3], COLUMNS, title="Tree")
    assert [row[0] for row in chart.rows] == [place.branch.row[0] for place in ends]
    (leaders,) = (
        layer for layer in chart.spec["layer"] if layer.get("mark", {}).get("x2Offset") == LEADER - 6
    )
    assert [row["row"] for row in leaders["data"]["values"]] == middles
    many = Branch("All", 100, "ink", tuple(Branch(str(at), 5, row=(str(at), "5 %", "–")) for at in range(20)))
    assert tree_height(many) == 72 + 20 * 34


# --- labels ---


@given(st.lists(st.floats(0, 100), min_size=1, max_size=6), st.floats(1, 8))
def test_labels_are_moved_apart_and_keep_their_order(places: list[float], gap: float) -> None:
    moved = apart(places, gap)
    ordered = [moved[index] for index in sorted(range(len(places)), key=places.__getitem__)]
    assert all(later - earlier >= gap - 1e-6 for earlier, later in pairwise(ordered))
    assert sum(moved) == pytest.approx(sum(places), abs=1e-6)


def test_labels_with_room_stay_where_they_are() -> None:
    assert apart([10, 40, 90], 6) == [10, 40, 90]


def test_a_picture_made_on_the_server_has_one_width() -> None:
    assert all(chart.spec["width"] == WIDTH for chart in EXAMPLES.values())


def test_a_branch_of_the_tree_is_told_in_the_digits_of_a_page() -> None:
    halves = (
        Branch("Guarantee", 3.08, "blue", clash(3, 0.08, "blue")),
        Branch("None", 71.92, "sky", clash(70, 1.92, "sky")),
    )
    root = Branch("All futures", 100, "ink", (Branch("Ceasefire", 75, "blue", halves),))
    told = json.dumps(
        charts.scenario_tree(root, HEADS, COLUMNS, title="Tree").spec, ensure_ascii=False
    ).replace("\u00a0", " ")
    assert "3.1 %" in told and "72 %" in told
    assert "3.08 %" not in told and "71.92 %" not in told
