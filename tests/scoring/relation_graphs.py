"""Random questions and relations, and everything about them by brute force over all that can come out.

Nothing here is taken from the event space: whether an event holds is read off each combination of outcomes.
"""

from itertools import product

import numpy as np
from scipy.optimize import linprog

from scoring.coherence import Contradiction, Event, EventSpace, ImpossibleState, Question, Relation
from tests.skips import EVERYTHING

#: In how many event spaces what must hold of all is searched.
MANY = 1_000 if EVERYTHING else 40


def random_event(random, questions):
    """An event of one of some questions."""
    question = questions[random.integers(len(questions))]
    options = question.options
    if question.kind in ("choice", "ordered"):
        size = int(random.integers(1, len(options)))
        named = tuple(options[at] for at in sorted(random.choice(len(options), size, replace=False)))
    else:
        named = (options[random.integers(len(options))],)
    return Event(question.key, named, bool(random.random() < 0.75))


def random_events(random, questions, count):
    """Events of different questions."""
    chosen = random.choice(len(questions), count, replace=False)
    return tuple(random_event(random, [questions[at]]) for at in chosen)


def random_declarations(random):
    """Two to five questions with conditions and pairs among them, and relations that may form circles."""
    questions = []
    for at in range(random.integers(2, 6)):
        kind = str(random.choice(["binary", "binary", "choice", "ladder"]))
        names = tuple(f"o{option}" for option in range(random.integers(2, 4)))
        plain = [one for one in questions if one.kind != "pair"]
        given = random_event(random, plain) if plain and kind == "binary" and random.random() < 0.3 else None
        questions.append(Question(f"q{at}", kind, names, given))
    plain, relations = list(questions), []
    for at in range(random.integers(1, len(plain) + 2)):
        kinds = ["implies", "implies", "equals", "excludes", "partition", "never", "total"]
        kind = str(random.choice(kinds[: 7 if len(plain) > 1 else 0]))
        most = 3 if kind in ("excludes", "partition", "never") and len(plain) > 2 else 2
        events = random_events(random, plain, int(random.integers(2, most + 1)))
        if kind == "total":
            questions.append(Question(f"p{at}", "pair", given=events[1]))
            relations.append(Relation(f"r{at}", kind, events[:1], f"p{at}"))
        else:
            relations.append(Relation(f"r{at}", kind, events))
    return questions, relations


def random_spaces(count, seed=1):
    """Event spaces of random declarations that leave every outcome possible, each with its brute force.

    To make a space takes longer than what is asked of it: the same ones serve all tests of a process. By the seed
    each test draws its own answers in them.
    """
    random = np.random.default_rng(seed)
    while len(_spaces) < count:
        _spaces.append(next(_making))
    for space, whole in _spaces[:count]:
        yield random, space, whole


def _made(random):
    """One event space after the other; where an outcome is ruled out there is none."""
    while True:
        questions, relations = random_declarations(random)
        whole = Whole(questions, relations)
        try:
            space = EventSpace.of(questions, relations)
        except (Contradiction, ImpossibleState):
            assert whole.lacks_a_state()
            continue
        assert not whole.lacks_a_state()
        yield space, whole


_making, _spaces = _made(np.random.default_rng(1)), []


class Whole:
    """All combinations of outcomes that the relations allow."""

    def __init__(self, questions, relations):
        self.questions = {one.key: one for one in questions}
        self.plain = [one for one in questions if one.kind != "pair"]
        self.pairs = {one.pair: one for one in relations if one.pair}
        every = [
            dict(zip([one.key for one in self.plain], states, strict=True)) for states in self._product()
        ]
        self.atoms = [atom for atom in every if self._allowed(atom, relations)]
        self.answers = [(one.key, option) for one in questions for option in one.options]

    def _product(self):
        return product(*(self.states(one) for one in self.plain))

    @staticmethod
    def states(question):
        """Outcomes by name; None: never, or not applicable."""
        if question.kind == "binary":
            return ["yes", "no"] + ([None] if question.given else [])
        return list(question.options) + ([None] if question.kind == "ladder" else [])

    def holds(self, event, atom):
        """Whether an event holds where this came out."""
        question, outcome = self.questions[event.question], atom[event.question]
        if question.kind == "ladder":
            by = question.options.index(event.options[0])
            happened = outcome is not None and question.options.index(outcome) <= by
            return happened == event.holds
        if question.given and outcome is None:
            return False
        return (outcome in event.options) == event.holds

    def _allowed(self, atom, relations):
        for one in self.plain:
            if one.given and self.holds(one.given, atom) != (atom[one.key] is not None):
                return False
        return all(self._obeys(atom, relation) for relation in relations)

    def _obeys(self, atom, relation):
        held = [self.holds(event, atom) for event in relation.events]
        return {
            "implies": lambda: not held[0] or held[1],
            "equals": lambda: held[0] == held[1],
            "excludes": lambda: sum(held) <= 1,
            "partition": lambda: sum(held) == 1,
            "never": lambda: not all(held),
            "total": lambda: True,
        }[relation.kind]()

    def lacks_a_state(self):
        """Whether some outcome is in no combination."""
        return any({atom[one.key] for atom in self.atoms} != set(self.states(one)) for one in self.plain)

    def ratio(self, answer):
        """Where the event and its condition hold, and where the condition does."""
        key, option = answer
        question = self.questions[key]
        if question.kind == "pair":
            event = self.pairs[key].events[0]
            given = np.array(
                [self.holds(question.given, atom) == (option == "if_yes") for atom in self.atoms]
            )
            return given & [self.holds(event, atom) for atom in self.atoms], given
        event = Event(key, (option,))
        happened = np.array([self.holds(event, atom) for atom in self.atoms])
        given = np.array([atom[key] is not None or question.kind == "ladder" for atom in self.atoms])
        return happened, given

    def ratios(self):
        """Those of every answer: two arrays of shape (answers, atoms)."""
        both = [self.ratio(answer) for answer in self.answers]
        return np.array([one for one, _ in both], float), np.array([other for _, other in both], float)

    def said_by(self, joint):
        """What a joint distribution over the combinations answers; NaN where a condition has no chance."""
        top, base = self.ratios()
        with np.errstate(invalid="ignore", divide="ignore"):
            return (top @ joint) / (base @ joint)

    def reachable(self, answers, tolerance, aim=None):
        """A joint within the tolerance of every answer that is given, or None."""
        top, base = self.ratios()
        told = ~np.isnan(answers)
        value = answers[told][:, None]
        rows = np.concatenate(
            (top[told] - (value + tolerance) * base[told], (value - tolerance) * base[told] - top[told])
        )
        size = len(self.atoms)
        found = linprog(
            np.zeros(size) if aim is None else aim,
            rows, np.zeros(len(rows)), np.ones((1, size)), [1], method="highs",
        )  # fmt: skip
        return found if found.status == 0 else None


def random_joint(random, whole):
    """Many or few combinations possible."""
    joint = random.dirichlet(np.full(len(whole.atoms), random.choice([0.1, 1.0])))
    return joint / joint.sum()


def random_answers(random, whole):
    """Coherent answers with slips in some, and some left out."""
    answers = whole.said_by(random_joint(random, whole))
    slips = random.random(answers.size) < random.choice([0, 0.2, 0.5])
    answers = np.where(slips, np.clip(answers + random.normal(0, 0.15, answers.size), 0, 1), answers)
    answers[random.random(answers.size) < random.choice([0, 0.4])] = np.nan
    return np.clip(answers, 0, 1)
