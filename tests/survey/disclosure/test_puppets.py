"""Made-up people do not read a real one's answer: at most ten points of share above who knows the usual answers."""

from itertools import product

import numpy as np
import pytest

from scoring import perturbation
from scoring.pools.catalog import SHOWN
from survey.aggregation.aggregates import DEFAULT
from survey.models.survey import OPEN_CELL

from .puppets import (
    ATTACKS,
    PUPPETS,
    SPLIT,
    USUAL,
    Crowd,
    attacked,
    bound,
    exact_median,
    figures_told,
    noise_of,
    noise_on_figures,
    several_looks,
    told,
)

#: At most so much oftener than by how the question is usually answered; where people are split, than that.
MORE, MORE_IF_SPLIT = 0.10, 0.17
PLAIN = Crowd(0.35, 1.0)
#: Of 400 victims a share is off by so much once in fifty times.
CHANCE = 0.045


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_reads_little_more_than_is_known_anyway(name: str) -> None:
    found = attacked(ATTACKS[name], 20, PLAIN, victims=60, seed=7)
    assert found.attack <= found.unknowing + MORE


@pytest.mark.long
@pytest.mark.parametrize("puppets", PUPPETS)
@pytest.mark.parametrize("name", ATTACKS)
@pytest.mark.parametrize("crowd", [PLAIN, Crowd(0.2, 1.2), Crowd(0.5, 0.8)])
def test_no_number_of_puppets_reads_more(name: str, puppets: int, crowd: Crowd) -> None:
    found = attacked(ATTACKS[name], puppets, crowd, victims=400, seed=8)
    assert found.attack <= found.unknowing + MORE + CHANCE


@pytest.mark.parametrize("puppets", PUPPETS)
def test_the_figures_that_attacks_read_are_those_of_the_page(puppets: int) -> None:
    """Attacks leave out what stands beside the figure that they read."""
    rng = np.random.default_rng(9)
    for crowd, people in product((PLAIN, Crowd(0.1, 1.2), Crowd(0.5, 3.0)), (puppets, puppets + OPEN_CELL)):
        keys = [rng.bytes(32).hex() for _survey in range(3)]
        said = np.stack([crowd.draw(rng, people) for _ in keys])
        pages = [told(key, one) for key, one in zip(keys, said, strict=True)]
        read = {method: figures_told(method, noise_of(keys, people), said).tolist() for method in SHOWN}
        assert read == {method: [page.methods[method] for page in pages] for method in SHOWN}
        assert read[DEFAULT] == [page.value for page in pages]


@pytest.mark.parametrize("name", ["the median between two halves", "edges bisected by a moving puppet"])
def test_without_noise_the_same_attack_reads_nearly_all(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: it is the noise that keeps them out, not an attack that is too weak."""
    monkeypatch.setattr(perturbation, "SHIFT", 0.01)
    assert attacked(ATTACKS[name], 20, PLAIN, victims=30, seed=7).attack > 0.9


@pytest.mark.parametrize(("centre", "spread"), USUAL)
def test_the_moved_answer_itself_tells_little(centre: float, spread: float) -> None:
    without, told = bound(Crowd(centre, spread), victims=2000)
    assert without <= told <= without + MORE


@pytest.mark.parametrize(("centre", "spread"), SPLIT)
def test_of_people_who_are_split_it_tells_more(centre: float, spread: float) -> None:
    without, told = bound(Crowd(centre, spread), victims=2000)
    assert told <= without + MORE_IF_SPLIT


@pytest.mark.parametrize("kind", ["choice", "ladder", "number"])
def test_several_numbers_of_one_answer_tell_little_more(kind: str) -> None:
    for part, without, read in several_looks(kind, victims=600):
        assert read <= without + MORE, part


def test_exact_figures_are_read_whole_and_noise_on_figures_by_waiting() -> None:
    """Why the noise is on answers."""
    assert exact_median(PLAIN) > 0.99
    once, often = (noise_on_figures(PLAIN, 60, publications, victims=200) for publications in (1, 12))
    assert once < 0.35 and often > 0.6
