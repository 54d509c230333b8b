"""Noise: what is drawn once for each person and question, and moves what they say before anything is computed of it.

Where people can be made up (`Survey.guarded`). Drawn by a keyed hash from the survey's key (BLAKE2b; RFC 7693): equal
as often as it is asked for, through all revisions and publications, so that it neither averages out nor is
subtracted; different from one question and part to the other, so that what is known of one answer says nothing of
the noise of another.
"""

from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from scoring import perturbation

from .specification import Floats, QuestionSpec

#: What is drawn for quantiles, and for the time after a ladder's last date.
PLACE, WIDTH, LATER = "place", "width", "later"


def standard_normal(key: str, about: str, participant: NDArray[np.int64]) -> Floats:
    """What is drawn for each person about one thing, shape (m,): equal for equal people.

    >>> drawn = standard_normal("c0ffee", "rain yes", np.array([7, 8, 7]))
    >>> bool(drawn[0] == drawn[2] != drawn[1])
    True
    """
    people, place = np.unique(participant, return_inverse=True)
    # Keyed BLAKE2 keeps a secret as HMAC does, in less than half the time.
    # A space between, so that nobody's number runs on from what it is about.
    begun = blake2b(f"{about} ".encode(), key=bytes.fromhex(key), digest_size=8)
    drawn = [digest.digest() for digest in _continued(begun, people.tolist())]
    # 53 bits and a half: never 0 or 1, of which the normal distribution knows nothing.
    shares = ((np.frombuffer(b"".join(drawn), dtype=">u8") >> np.uint64(11)) + 0.5) / 2**53
    return np.asarray(ndtri(shares)[place])


def _continued(begun: blake2b, people: Iterable[int]) -> Iterator[blake2b]:
    """Hashes of what one has taken and of each person's number: what is common to all is hashed once."""
    copied = begun.copy
    for person in people:
        digest = copied()
        digest.update(b"%d" % person)
        yield digest


def moved(
    question: QuestionSpec, survey_key: str, key: str, participant: NDArray[np.int64], values: Floats
) -> Floats:
    """Answers as they enter the figures of a guarded survey, all columns, shape (m, k); NaN where nothing was said.

    Parameters
    ----------
    survey_key, key
        That of the survey's noise (`Survey.noise_key`), and the question's.
    participant
        Whose answer each row is.
    """

    def draws(*parts: str) -> Floats:
        return np.stack(
            [standard_normal(survey_key, f"{key} {part}", participant) for part in parts], axis=-1
        )

    if question.levels:
        return _on_range(question, perturbation.moved_quantiles, values, draws(PLACE, WIDTH))
    if question.kind == "ladder":
        return perturbation.moved_ladder(values, draws(*question.options, LATER))
    if question.pooled == "options":
        return perturbation.moved_options(values, draws(*question.options))
    return perturbation.moved_chances(values, draws(*question.options))


def calmed(question: QuestionSpec, values: Floats) -> Floats:
    """What stands of moved answers, spread as widely as the answers were: for all that tells how people differ."""
    if question.levels:
        return _on_range(question, perturbation.calmed_quantiles, values)
    found = perturbation.calmed_chances(values)
    # Each option is drawn to a middle of its own, after which they need not sum to 1.
    return found / found.sum(axis=1, keepdims=True) if found.shape[1] > 1 else found


def _on_range(
    question: QuestionSpec, formula: Callable[..., Floats], values: Floats, *more: Floats
) -> Floats:
    """A formula on quantiles by their place in the range, on the scale of the question."""
    lower, upper = question.on_scale(np.array(question.ends, dtype=float))
    middle = question.levels.index(0.5)
    found = formula(question.on_scale(values), *more, lower=lower, upper=upper, middle=middle)
    return np.exp(found) if question.log else found
