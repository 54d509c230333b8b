"""One hand with many puppets against everybody's answers: what it reads, and what keeping it out costs.

    python -m tests.survey.disclosure.puppets > docs/open_surveys.md

Crowds are logit-normal. The hand knows how the question is usually answered, and everything but one person's answer;
its puppets answer as it likes and anew for each publication. It guesses that answer to within five points. Beside the
attacks stands whoever is told the moved answer itself: nothing that is computed of moved answers tells more.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from scoring import perturbation
from scoring.pools import default
from scoring.pools.averages import by_size
from scoring.pools.default_steps import OPEN, log_odds, positions
from survey.aggregation.aggregates import DEFAULT, pooled_figures
from survey.aggregation.noise import moved, standard_normal
from survey.aggregation.rounded_aggregates import ShownOption, shown_part
from survey.aggregation.rounding import rounded_probability
from survey.aggregation.specification import QuestionSpec
from survey.aggregation.standing import Column
from survey.models import Question
from survey.models.survey import OPEN_CELL

Floats = NDArray[np.float64]

#: Within so much of the answer a guess has read it; of so many victims, over so many publications.
NEAR, VICTIMS, PUBLICATIONS = 0.05, 200, 12
#: How a question is usually answered: around which chance, and how far apart in log-odds.
USUAL = ((0.05, 0.8), (0.1, 1.2), (0.2, 0.8), (0.2, 1.2), (0.35, 0.8), (0.35, 1.2), (0.5, 0.8), (0.5, 1.2))
#: Of a question on which people are split.
SPLIT = ((0.2, 1.6), (0.35, 1.6), (0.5, 1.6))
#: Answers that people might have given, of which the hand thinks.
DRAWN = 4000
#: Of whom the share is taken that is read without any attack.
MANY = 20_000
LOWEST = 1e-3
#: Of so many victims answers are weighed together.
TOGETHER = 50


@dataclass(frozen=True)
class Crowd:
    """How a question is usually answered: around a chance, and how far apart in log-odds."""

    centre: float
    spread: float

    def draw(self, rng: np.random.Generator, people: int) -> Floats:
        """What so many people say."""
        drawn = expit(logit(self.centre) + self.spread * rng.standard_normal(people))
        return np.asarray(np.clip(drawn, LOWEST, 1 - LOWEST))


def best_guess(thought: Floats, weight: Floats) -> Floats:
    """The middle of the ten points that hold the most weight, for each row of weights, shape (victims, drawn)."""
    order = np.argsort(thought)
    values, mass = thought[order], np.cumsum(weight[:, order], axis=1)
    ends = np.searchsorted(values, values + 2 * NEAR, side="right") - 1
    before = np.concatenate((np.zeros((len(mass), 1)), mass[:, :-1]), axis=1)
    return np.asarray(values[(mass[:, ends] - before).argmax(axis=1)] + NEAR)


def share_read(guess: Floats, truth: Floats) -> float:
    """The share of guesses that are near."""
    return float((np.abs(guess - truth) <= NEAR).mean())


def unknowing(thought: Floats, truth: Floats) -> float:
    """What is read by whoever knows how the question is usually answered, and nothing else."""
    return share_read(best_guess(thought, np.ones((1, thought.size))), truth)


def from_moved(seen: Floats, thought: Floats) -> Floats:
    """The best guess of each answer by whoever saw the moved one, both in log-odds, of thought answers as chances."""
    at = logit(thought) / perturbation.SHIFT

    def guessed(some: Floats) -> Floats:
        away = some[:, None] / perturbation.SHIFT - at
        return best_guess(thought, np.exp(-0.5 * away**2))

    # A few victims at a time: what is weighed of them stays near the processor.
    return np.concatenate([guessed(some) for some in np.array_split(seen, -(-seen.size // TOGETHER))])


# ---- The rules that publish


#: A yes-or-no question of a survey that anybody may join.
OPEN_QUESTION = QuestionSpec(
    kind="binary",
    pooled="probability",
    open_until={"yes": 30_000},
    levels=(),
    log=False,
    ends=(0, 1),
    limits=(0, 1),
    rule="parley_open",
    first_day=0,
    guarded=True,
    substantive=(),
)
#: What is rounded asks for nothing else of a stored question.
STORED = Question(kind="binary")


def told(key: str, chances: Floats) -> ShownOption:
    """What a page shows when so many have said this, through the functions that publish and round."""
    values = moved(OPEN_QUESTION, key, "puppets", np.arange(chances.size), chances[:, None])
    column = Column(np.arange(chances.size), np.ones(chances.size), values)
    figures = pooled_figures(OPEN_QUESTION, ["yes"], column, moved=False)
    return shown_part(STORED, {"people": chances.size, "options": figures}, date(2026, 12, 1)).options["yes"]


def noise_of(keys: Sequence[str], people: int) -> Floats:
    """What is drawn for the people of each survey, by its key; shape (surveys, people)."""
    numbers = np.arange(people)
    return np.stack([standard_normal(key, "puppets yes", numbers) for key in keys])


def figures_told(method: str, noise: Floats, said: Floats) -> Floats:
    """One method's figure on that page, of many crowds at once: all that an attack reads of it.

    What they say and the noise of each have shape (..., people), the figures (...). Whoever answers for the hundredth
    time has the noise of the first: it is drawn once for all publications.
    """
    values = perturbation.moved_chances(said, np.broadcast_to(noise, said.shape))
    crowds = values.reshape(-1, said.shape[-1]).T
    if method == DEFAULT:
        # The entry of the catalog takes one crowd at a time, for five times as long.
        even = np.ones(len(crowds))
        centres = default._centres([by_size(crowd, even) for crowd in crowds.T])
        figures = positions(centres, len(crowds), OPEN).value
    else:
        middle = {"median": np.median, "mean": np.mean}[method]
        figures = middle(perturbation.calmed_chances(crowds), axis=0)
    return np.reshape([rounded_probability(figure) for figure in figures.tolist()], said.shape[:-1])


# ---- Attacks: what the hand takes for the moved answer


@dataclass(frozen=True)
class Targets:
    """Whose answers are read, each in a survey of their own: last in its crowd.

    Beside each are people who are no puppets and whom the hand does not know; before these, the puppets.
    """

    #: Shape (victims,), and (victims, others).
    answer: Floats
    others: Floats
    #: Of all people in each survey, shape (victims, people).
    noise: Floats

    def beside(self, puppets: Floats) -> Floats:
        """What everybody says, of what the puppets say in each publication; shape (victims, publications, people)."""
        real = np.column_stack((self.others, self.answer))[:, None, :]
        shape = (*puppets.shape[:-1], real.shape[-1])
        return np.concatenate((puppets, np.broadcast_to(real, shape)), axis=-1)


@dataclass(frozen=True)
class Attack:
    """What so many puppets have in mind for each publication, and what is taken for each victim's moved answer.

    What they have in mind has shape (publications, puppets): a row of chances, less those of puppets that move.
    """

    minds: Callable[[np.random.Generator, int], Floats]
    reads: Callable[[Targets, Floats], Floats]


def median_between(targets: Targets, halves: Floats) -> Floats:
    """Half of the puppets at each end: the median between them is the victim's, read again with every publication."""
    return np.asarray(figures_told("median", targets.noise[:, None], targets.beside(halves)).mean(axis=1))


def edges_bisected(targets: Targets, halves: Floats) -> Floats:
    """One puppet beside the victim moves: the median is whoever of the two says more, so it turns at the answer."""
    low, high = np.zeros(len(halves)), np.ones(len(halves))
    for publication in range(PUBLICATIONS):
        tried = (low + high) / 2
        puppets = np.column_stack((halves[:, publication], tried))
        shown = figures_told("median", targets.noise, targets.beside(puppets[:, None])[:, 0])
        above = shown > [rounded_probability(one) for one in tried.tolist()]
        low, high = np.where(above, tried, low), np.where(above, high, tried)
    return (low + high) / 2


def joining(targets: Targets, minds: Floats) -> Floats:
    """What the headline was before the victim came, and is since: the difference, as often as it is published."""
    since, noise = targets.beside(minds), targets.noise[:, None]
    before = figures_told(DEFAULT, noise[..., :-1], since[..., :-1])
    came = log_odds(figures_told(DEFAULT, noise, since)) - log_odds(before)
    return np.asarray(expit(came.mean(axis=1) * 0.6 * since.shape[-1]))


def _halves(rng: np.random.Generator, puppets: int) -> Floats:
    return np.stack([_both_ends(puppets, rng) for _ in range(PUBLICATIONS)])


def _but_one(rng: np.random.Generator, puppets: int) -> Floats:
    return _halves(rng, puppets - 1)


def _near_even(rng: np.random.Generator, puppets: int) -> Floats:
    return np.clip(0.5 + 0.1 * rng.standard_normal((PUBLICATIONS // 2, puppets)), LOWEST, 1 - LOWEST)


def _both_ends(puppets: int, rng: np.random.Generator) -> Floats:
    low = puppets // 2
    said = np.concatenate((np.full(low, LOWEST), np.full(puppets - low, 1 - LOWEST)))
    return np.asarray(rng.permutation(said))


ATTACKS: dict[str, Attack] = {
    "the median between two halves": Attack(_halves, median_between),
    "edges bisected by a moving puppet": Attack(_but_one, edges_bisected),
    "the headline before and since": Attack(_near_even, joining),
}


@dataclass(frozen=True)
class Read:
    """Shares of victims read: by knowing how the question is usually answered, by the attack, by the moved answer."""

    unknowing: float
    attack: float
    moved: float


def attacked(attack: Attack, puppets: int, crowd: Crowd, victims: int = VICTIMS, seed: int = 1) -> Read:
    """So many victims, drawn one after the other and read at once, each in a survey with a key of its own."""
    rng = np.random.default_rng(seed)
    thought, truth = crowd.draw(rng, DRAWN), crowd.draw(rng, victims)
    others = max(0, OPEN_CELL - 1 - puppets)
    drawn = [
        (rng.bytes(32).hex(), crowd.draw(rng, others), attack.minds(rng, puppets))
        for _victim in range(victims)
    ]
    keys, beside, minds = zip(*drawn, strict=True)
    targets = Targets(truth, np.stack(beside), noise_of(keys, puppets + others + 1))
    seen = attack.reads(targets, np.stack(minds))
    given = perturbation.moved_chances(truth, targets.noise[:, -1])
    reads = [
        share_read(from_moved(logit(np.clip(one, 1e-4, 1 - 1e-4)), thought), truth) for one in (seen, given)
    ]
    return Read(unknowing(thought, crowd.draw(rng, MANY)), *reads)


# ---- Whoever is told the moved answer itself


def bound(crowd: Crowd, victims: int = 4000, seed: int = 2) -> tuple[float, float]:
    """Shares of victims read without, and with, their moved answer: of a yes-or-no question."""
    rng = np.random.default_rng(seed)
    thought, truth = crowd.draw(rng, DRAWN), crowd.draw(rng, victims)
    seen = logit(truth) + perturbation.SHIFT * rng.standard_normal(victims)
    return unknowing(thought, truth), share_read(from_moved(seen, thought), truth)


def several_looks(kind: str, victims: int = 1000, seed: int = 3) -> list[tuple[str, float, float]]:
    """The same of each option of a choice and date of a ladder, all seen at once, and of the median of a number."""
    rng = np.random.default_rng(seed)
    if kind == "number":
        return [_number(rng, victims)]
    draw = _choice if kind == "choice" else _ladder
    thought, truth = draw(rng, DRAWN), draw(rng, victims)
    seen = truth * np.exp(perturbation.SHIFT * rng.standard_normal(truth.shape))
    apart = np.log(seen)[:, None, :] - np.log(thought)[None, :, :]
    apart -= apart.mean(axis=2, keepdims=True)
    weight = np.exp(-0.5 * (apart**2).sum(axis=2) / perturbation.SHIFT**2)
    told_of = (lambda one: one) if kind == "choice" else (lambda one: np.cumsum(one, axis=1)[:, :-1])
    return [
        (
            f"{kind}, {part + 1}",
            unknowing(told_of(thought)[:, part], told_of(truth)[:, part]),
            share_read(best_guess(told_of(thought)[:, part], weight), told_of(truth)[:, part]),
        )
        for part in range(told_of(truth).shape[1])
    ]


def _choice(rng: np.random.Generator, people: int) -> Floats:
    """Five options, of which one is usually held as likely as the others together."""
    weighed = np.exp(np.array([1.4, 0.5, 0, -0.5, -1]) + rng.standard_normal((people, 5)))
    return np.asarray(weighed / weighed.sum(axis=1, keepdims=True))


def _ladder(rng: np.random.Generator, people: int) -> Floats:
    """Four dates: chances between them and of later, of people who differ in all of them together, and in each."""
    base = np.array([-3.2, -1.8, -0.8, 0.2]) + 1.1 * rng.standard_normal((people, 1))
    by_date = np.sort(expit(base + 0.3 * rng.standard_normal((people, 4))), axis=1)
    return np.maximum(np.diff(by_date, axis=1, prepend=0, append=1), 1e-4)


def _number(rng: np.random.Generator, victims: int) -> tuple[str, float, float]:
    """The median of a number, as a share of its range; all of its quantiles are moved together."""
    crowd = Crowd(0.35, 0.8)
    thought, truth = crowd.draw(rng, DRAWN), crowd.draw(rng, victims)
    wide = np.exp(-0.4 + 0.4 * rng.standard_normal((2, max(DRAWN, victims))))
    noise = rng.standard_normal((victims, 2))
    place = logit(truth) + perturbation.SHIFT * noise[:, 0]
    # Of the width its logarithm is seen, moved; it says nothing of the place but through what people say of both.
    seen_width = np.log(wide[0, :victims]) + perturbation.WIDTH * noise[:, 1]
    away = (place[:, None] - logit(thought)) / perturbation.SHIFT
    apart = (seen_width[:, None] - np.log(wide[1, :DRAWN])) / perturbation.WIDTH
    weight = np.exp(-0.5 * (away**2 + apart**2))
    return "number, its median", unknowing(thought, truth), share_read(best_guess(thought, weight), truth)


# ---- Rules that were tried


def exact_median(crowd: Crowd, victims: int = 1000, seed: int = 4) -> float:
    """No noise: the median between two halves of puppets, in whole points."""
    truth = crowd.draw(np.random.default_rng(seed), victims)
    return share_read(truth.round(2), truth)


def noise_on_figures(
    crowd: Crowd, people: int, publications: int, victims: int = 400, seed: int = 5
) -> float:
    """Laplace noise of each day on the headline and on the ten counts of the picture, all others being puppets.

    On the headline's log-odds of scale 9.2 / (0.6 n), times ½ below 60 people and ¼ from there; on counts of scale 2.
    """
    rng = np.random.default_rng(seed)
    thought, truth = crowd.draw(rng, DRAWN), crowd.draw(rng, victims)
    scale = 9.2 * (0.5 if people < 60 else 0.25)
    read = log_odds(truth)[:, None] + rng.laplace(0, scale, (victims, publications))
    log_weight = -np.abs(read[:, :, None] - log_odds(thought)).sum(axis=1) / scale
    cell = np.minimum((truth * 10).astype(int), 9)
    counts = np.eye(10)[cell][:, None, :] + rng.laplace(0, 2, (victims, publications, 10))
    by_cell = np.stack([-np.abs(counts - np.eye(10)[one]).sum(axis=(1, 2)) / 2 for one in range(10)], axis=1)
    log_weight += by_cell[:, np.minimum((thought * 10).astype(int), 9)]
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    return share_read(best_guess(thought, weight), truth)


# ---- What it costs


def cost(crowd: Crowd, people: int, crowds: int = 300, seed: int = 6) -> tuple[float, float]:
    """Mean distance of the headline with noise from that without, and of two such crowds without noise; fractions."""
    rng = np.random.default_rng(seed)
    moves, draws = [], []
    for place in range(crowds):
        said, other = crowd.draw(rng, people), crowd.draw(rng, people)
        noise = standard_normal(f"{seed:02x}", f"{place}", np.arange(people))
        exact = default.parley(said, form=OPEN).value
        moves.append(abs(default.parley(perturbation.moved_chances(said, noise), form=OPEN).value - exact))
        draws.append(abs(default.parley(other, form=OPEN).value - exact))
    return float(np.mean(moves)), float(np.mean(draws))


# ---- The page

PUPPETS, SIZES, CENTRES = (10, 20, 40, 90), (20, 40, 60, 100, 200, 500), (0.05, 0.2, 0.5)

PAGE = """\
# Surveys that anybody may join: what puppets read, and what it costs

Made by `python -m tests.survey.disclosure.puppets > docs/open_surveys.md`, which gives the same figures again;
`tests/survey/disclosure/test_puppets.py` holds them. Shares are of victims whose answer is guessed to within 5
points.

Where anybody may join, people can be made up. Half of the puppets at each end, and the median of everybody is the one
answer between them. In such a survey nothing is computed of what people said, but of answers that were moved: the
odds of each are multiplied by a factor that is drawn once for this person and question, and kept secret (its
logarithm is normal, with a standard deviation of {shift}; `scoring/perturbation.py`). Whatever is published of moved
answers, by any method, of any group, on any days, tells no more of anybody than their moved answer does. So there are
no figures to withhold, and nothing is won by waiting, averaging or subtracting.

## What one hand reads

Everybody but the victim is a puppet, but for those who make twenty; {publications} publications; figures as pages
show them. "Usual" is a guess by how the question is usually answered, around {usual_centre:.0%}, with a standard
deviation of {usual_spread:g} in log-odds. "Told" is whoever is given the moved answer itself: no attack can do better
but by luck. Victims: {victims} a row, so that a share is uncertain by about 3 points.

{attacks}

## Whoever is told the moved answer

Of 4,000 victims each. Where people are far apart there is more to be learned: the last three rows.

{bounds}

Of several numbers that are seen at once, 1,000 victims each:

{looks}

## Rules that were tried

All others are puppets, around {usual_centre:.0%}. Noise on figures, drawn anew for each publication: Laplace on the
headline's log-odds (½ · 9.2 / (0.6 n) below 60 people, ¼ from there) and on the counts of the picture (2 people).
{exact:.0%} are read from exact medians in whole points.

{tried}

Noise on figures that stays the same is subtracted: what is shown before somebody joins and after differs by exactly
what they said.

## What everybody pays

How far the crowd's number lies from what it would be without noise, on average, in points; beside it how far two
crowds of the same people are from each other by chance. Standard deviation of what people say: {usual_spread:g}.

{costs}

The 90 % interval beside a number holds both: it is of moved answers. Pictures, medians and means are drawn together
by as much as the noise has spread them, from what is published alone.

## What is left

- By how much somebody changed an answer is not hidden from whoever knows all others: the factor stays. What they said
  before and after is as hidden as ever.
- That somebody answered is not hidden, nor when: counts of people are true, and rounded.
- Questions that ask nearly the same have factors of their own: whoever has read k of them knows about as much as
  from one with the noise divided by √k.
- Research files hold what people said, under pseudonyms: they are for researchers, and the consent says so.
"""


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """In Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines)


def percents(*shares: float) -> list[str]:
    """Whole percent."""
    return [f"{share:.0%}" for share in shares]


def page() -> str:
    """docs/open_surveys.md."""
    usual = Crowd(0.35, 1.0)
    reads = [
        (name, count, attacked(attack, count, usual)) for name, attack in ATTACKS.items() for count in PUPPETS
    ]
    return PAGE.format(
        shift=perturbation.SHIFT,
        publications=PUBLICATIONS,
        victims=VICTIMS,
        usual_centre=usual.centre,
        usual_spread=usual.spread,
        exact=exact_median(usual),
        attacks=table(
            ["attack", "puppets", "usual", "read", "told"],
            [[name, count, *percents(*vars(read).values())] for name, count, read in reads],
        ),
        bounds=table(
            ["around", "standard deviation", "usual", "told"],
            [
                [f"{centre:.0%}", spread, *percents(*bound(Crowd(centre, spread)))]
                for centre, spread in USUAL + SPLIT
            ],
        ),
        looks=table(
            ["part", "usual", "told"],
            [
                [part, *percents(*read)]
                for kind in ("choice", "ladder", "number")
                for part, *read in several_looks(kind)
            ],
        ),
        tried=table(
            ["publications", "20 people", "60 people"],
            [
                [count, *percents(*(noise_on_figures(usual, people, count) for people in (20, 60)))]
                for count in (1, 4, PUBLICATIONS, 50)
            ],
        ),
        costs=table(
            ["people", *(f"around {centre:.0%}" for centre in CENTRES)],
            [
                [people, *(_cost_said(*cost(Crowd(centre, usual.spread), people)) for centre in CENTRES)]
                for people in SIZES
            ],
        ),
    )


def _cost_said(moves: float, draws: float) -> str:
    return f"{100 * moves:.1f} ({100 * draws:.1f})"


if __name__ == "__main__":
    print(page(), end="")
