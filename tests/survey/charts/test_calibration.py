"""The picture of forecasts with what happened."""

from survey import charts


def test_the_picture_has_a_row_and_a_count_for_each_place() -> None:
    chart = charts.calibration(
        [(5, 7, 2, 26, 14), (88, 100, 60, 100, 4)],
        [(5, 0, 20), (88, 70, 100)],
        title="Within chance",
        description="Words",
    )
    assert [row[-1] for row in chart.rows] == ["14", "4"]
    assert chart.rows[0][2].replace("\u00a0", " ") == "2–26 %"
    assert chart.spec["description"] == "Words"
    drawn = [row for layer in chart.spec["layer"] for row in layer.get("data", {}).get("values", [])]
    assert {(0, 7), (0, 100)} >= {(0, row["share"]) for row in drawn if "share" in row}


def test_its_axes_are_never_cut() -> None:
    chart = charts.calibration([(45, 50, 30, 70, 9)], title="One place")
    domains = [
        layer["encoding"][axis]["scale"]["domain"]
        for layer in chart.spec["layer"]
        for axis in ("x", "y")
        if "scale" in layer.get("encoding", {}).get(axis, {})
    ]
    assert domains and all(domain == [0, 100] for domain in domains)


def test_counts_that_would_touch_are_in_the_table_alone() -> None:
    chart = charts.calibration([(5, 7, 2, 26, 14), (6, 8, 2, 26, 3), (50, 60, 30, 70, 2)], title="Near")
    assert [row["count"] for row in chart.spec["layer"][-1]["data"]["values"]] == ["14", "2"]
    assert len(chart.rows) == 3
