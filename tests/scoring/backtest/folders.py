"""Folders of forecasts made for a test."""

from pathlib import Path

import numpy as np

from scoring.backtest.comparing import Comparison, Row, compare, plan
from scoring.backtest.reading import Data, read_folder

HEADER = "forecaster,question,option,time,probability"
QUANTILES = "forecaster,question,time,quantile_level,value"


def write(path: Path, lines, outcomes, header=HEADER, resolution="resolved_option", more="") -> Path:
    """A folder with these rows, and outcomes as {question: what came of it}, "came,known" where `more` is ",time"."""
    (path / "forecasts.csv").write_text("\n".join((header, *lines)) + "\n")
    told = "\n".join(f"{question},{came}" for question, came in outcomes.items())
    (path / "outcomes.csv").write_text(f"question,{resolution}{more}\n{told}\n")
    return path


def of(path: Path, answers, outcomes, **more) -> Path:
    """A folder from {question: probabilities of persons 0, 1, 2, ...}, all at one time."""
    lines = [
        f"p{person},{question},1,1,{probability}"
        for question, given in answers.items()
        for person, probability in enumerate(given)
    ]
    return write(path, lines, outcomes, **more)


def seasoned(path: Path, questions: int = 36, flipped: int | None = None, known=None) -> Path:
    """Many questions that eight people answer, three of whom know something; one outcome may be turned around."""
    generator = np.random.default_rng(4)
    truth = generator.integers(0, 2, size=questions)
    lean = np.array([1.5, 1.0, 0.5, 0, 0, 0, 0, 0])
    position = lean[:, np.newaxis] * (2 * truth - 1) + generator.normal(size=(lean.size, questions))
    probability = 1 / (1 + np.exp(-position))
    keys = [f"q{at:02}" for at in range(questions)]
    lines = [
        f"p{person},{keys[at]},1,{at},{probability[person, at]:.4f}"
        for person in range(lean.size)
        for at in range(questions)
    ]
    came = {key: 1 - truth[at] if at == flipped else truth[at] for at, key in enumerate(keys)}
    if known is None:
        return write(path, lines, came)
    told = {key: f"{came[key]},{known(at)}" for at, key in enumerate(keys)}
    return write(path, lines, told, more=",time")


def compared(path: Path, seed: int = 1, resamples: int = 200, share: float = 1.0) -> Comparison:
    return compared_data(read_folder(path), seed, resamples, share)


def compared_data(data: Data, seed: int = 1, resamples: int = 200, share: float = 1.0) -> Comparison:
    planned = plan(data, share)
    return compare(planned, list(planned.measured(planned.trials)), seed, resamples)


def by_key(comparison: Comparison) -> dict[str, Row]:
    return {row.key: row for row in comparison.rows}
