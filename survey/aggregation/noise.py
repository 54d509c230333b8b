"""Noise: what is drawn once for each person and question, and moves what they say before anything is computed of it.

Where people can be made up (`Survey.guarded`). Drawn by HMAC from the survey's key: equal as often as it is asked
for, through all revisions and publications, so that it neither averages out nor is subtracted; different from one
question and part to the other, so that what is known of one answer says nothing of the noise of another.
"""

import hmac
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from scoring import perturbation

from ..models import Question
from ..questions import kind_of

Floats = NDArray[np.float64]

#: What is drawn for quantiles, and for the time after a ladder's last date.
PLACE, WIDTH, LATER = "place", "width", "later"


def standard_normal(key: str, about: str, participant: NDArray[np.int64]) -> Floats:
    """What is drawn for each person about one thing, shape (m,): equal for equal people.

    >>> drawn = standard_normal("c0ffee", "rain yes", np.array([7, 8, 7]))
    >>> bool(drawn[0] == drawn[2] != drawn[1])
    True
    """
    people, place = np.unique(participant, return_inverse=True)
    secret = bytes.fromhex(key)
    drawn = [hmac.digest(secret, f"{about} {person}".encode(), "sha256")[:8] for person in people.tolist()]
    # 53 bits and a half: never 0 or 1, of which the normal distribution knows nothing.
    shares = ((np.frombuffer(b"".join(drawn), dtype=">u8") >> np.uint64(11)) + 0.5) / 2**53
    return np.asarray(ndtri(shares)[place])


def moved(question: Question, keys: Sequence[str], participant: NDArray[np.int64], values: Floats) -> Floats:
    """Answers as they enter the figures of a guarded survey, all columns, shape (m, k); NaN where nothing was said.

    Parameters
    ----------
    keys
        The option of each column.
    participant
        Whose answer each row is.
    """
    survey_key = question.survey.noise_key
    if survey_key is None:
        raise ValueError(f"survey must have a key, {question.survey.slug} has none")

    def draws(*parts: str) -> Floats:
        of_parts = [standard_normal(survey_key, f"{question.key} {part}", participant) for part in parts]
        return np.stack(of_parts, axis=-1)

    if question.quantile_levels:
        return _on_range(question, perturbation.moved_quantiles, values, draws(PLACE, WIDTH))
    if question.kind == "ladder":
        return perturbation.moved_ladder(values, draws(*keys, LATER))
    if kind_of(question).pooled == "jointly":
        return perturbation.moved_options(values, draws(*keys))
    return perturbation.moved_chances(values, draws(*keys))


def calmed(question: Question, values: Floats) -> Floats:
    """What stands of moved answers, spread as widely as the answers were: for all that tells how people differ."""
    if question.quantile_levels:
        return _on_range(question, perturbation.calmed_quantiles, values)
    found = perturbation.calmed_chances(values)
    return found / found.sum(axis=1, keepdims=True) if found.shape[1] > 1 else found


def _on_range(question: Question, formula: Callable[..., Floats], values: Floats, *more: Floats) -> Floats:
    """A formula on quantiles by their place in the range, on the scale of the question."""
    scaled, back = (np.log, np.exp) if question.scale == "log" else (np.asarray, np.asarray)
    ends = scaled(np.array([question.lower, question.upper], dtype=float))
    middle = question.quantile_levels.index(0.5)
    found = formula(scaled(values), *more, lower=ends[0], upper=ends[1], middle=middle)
    return np.asarray(back(found))
