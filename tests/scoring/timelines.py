"""The published cases of forecasts over time, read into arrays."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from scoring.cdfs import bucket_baseline, masses
from scoring.timeline.recency import recency_weights
from scoring.timeline.standing_intervals import Life
from scoring.timeline.summaries import binary_summary, cdf_summary, options_summary

FOLDER = Path(__file__).parent / "vectors"


def read(name):
    """One file of published figures."""
    return json.loads((FOLDER / f"{name}.json").read_text())


def cases(name):
    """Its cases."""
    return [Case(name, case) for case in read(name)["cases"]]


def numbers(column):
    """Numbers, NaN for null."""
    return np.array([[np.nan if x is None else x for x in row] if isinstance(row, list) else
                     (np.nan if row is None else row) for row in column], dtype=float)  # fmt: skip


@dataclass
class Case:
    """One question: its forecasts as arrays, and what was published about them."""

    file: str
    case: dict

    def __post_init__(self):
        rows = self.case["forecasts"]
        self.id = self.case["id"]
        self.person = np.array([row["user"] for row in rows])
        self.start = numbers([row["start"] for row in rows])
        self.end = numbers([row["end"] for row in rows])
        self.value = numbers([row["value"] for row in rows])
        self.life = Life(0.0, self.case["horizon_end"], self.case["actual_close"])
        self.continuous = "inbound_outcome_count" in self.case

    def __repr__(self):
        return self.id

    @property
    def rows(self):
        return self.person, self.start, self.end

    @property
    def factor(self):
        return 50.0 if self.continuous else 100.0

    def told(self, value):
        """What forecasts gave to what came true."""
        bucket = self.case["bucket"]
        if self.continuous:
            return masses(np.clip(value, 0, 1))[:, bucket]
        if value.ndim == 1:
            return value if bucket == 1 else 1 - value
        return np.where(np.isnan(value[:, bucket]), value[:, -1], value[:, bucket])

    def options(self, value):
        """How many options were on offer to each forecast."""
        return np.full(len(value), 2) if value.ndim == 1 else (~np.isnan(value)).sum(axis=1)

    @property
    def baseline(self):
        """What the bucket has by itself."""
        bounds = self.case["open_lower_bound"] + self.case["open_upper_bound"]
        return bucket_baseline(self.case["bucket"], self.case["inbound_outcome_count"], bounds)

    def pool(self, weigh):
        """Their pool, with weights for so many people."""
        if self.continuous:
            return lambda stands, made: cdf_summary(stands, weigh(len(stands))).value
        if self.value.ndim == 1:
            return lambda stands, made: binary_summary(stands, weigh(len(stands))).value[0]
        return lambda stands, made: options_summary(stands, weigh(len(stands))).value


WEIGHTS = {"recency_weighted": recency_weights, "unweighted": lambda people: None}
