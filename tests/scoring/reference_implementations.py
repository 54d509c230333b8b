"""The rules of the crowd forecast read literally: person by person, day by day, in plain Python.

Slow on purpose, and written without ``scoring``, so that both can't be wrong in the same way.
"""

import math
from fractions import Fraction

from scipy.stats import t


def standing_by_hand(events, as_of):
    """{position of a standing event: its weight} at the end of a day.

    `events` are (person, day, active) in order of submission.
    """
    made, part = {}, {}
    days = [day for _, day, _ in events]
    for today in range(min(days, default=0), as_of + 1):
        of_today = {who: (at, active) for at, (who, day, active) in enumerate(events) if day == today}
        for who, (at, active) in of_today.items():
            made.pop(who, None)
            if active:
                made[who] = at
        fresh = [who for who, (_, active) in of_today.items() if active]
        for who in made:
            if who in fresh:
                part[who] = 1.0
            else:
                part[who] *= (1 - 1 / len(made)) ** (2 * len(fresh))
    return {at: 1.0 if events[at][1] == as_of else 1 / 3 + 2 / 3 * part[who] for who, at in made.items()}


def daily_mean_by_hand(events, last_day):
    """{person: (mean, coverage, last)} from (person, day, score) in order; None is a withdrawal."""
    rows = {}
    for person in {who for who, _, _ in events}:
        mine = [(day, score) for who, day, score in events if who == person]
        ends = []
        for today in range(min(day for day, _ in mine), last_day + 1):
            until_now = [score for day, score in mine if day <= today]
            ends.append(until_now[-1])
        while ends and ends[0] is None:
            ends.pop(0)
        held = [score for score in ends if score is not None]
        if held:
            rows[person] = (math.fsum(held) / len(held), len(held) / len(ends), ends[-1])
    return rows


def standing_on_each_day(events, first_day, last_day):
    """For each day {person: what stands at its end} from (person, day, what) in order; None ends it."""
    days = []
    for today in range(first_day, last_day + 1):
        latest = {}
        for who, day, what in events:
            if day <= today:
                latest[who] = what
        days.append({who: what for who, what in latest.items() if what is not None})
    return days


def daily_peer_by_hand(events, first_day, last_day, outside=()):
    """{person: (score, coverage, last)}; those outside are nobody's others.

    Everybody is compared with the mean logarithm of the others who count: of n - 1 who counts, of n who doesn't.
    """
    found = {}
    days = standing_on_each_day(events, first_day, last_day)
    for stands in days:
        for who, chance in stands.items():
            others = [math.log(p) for other, p in stands.items() if other != who and other not in outside]
            gain = 100 * (math.log(chance) - math.fsum(others) / len(others)) if others else 0.0
            found.setdefault(who, []).append(gain)
    return {
        who: (math.fsum(gains) / len(days), len(gains) / len(days), gains[-1] if who in days[-1] else None)
        for who, gains in found.items()
    }


def daily_beside_by_hand(events, reference, first_day, last_day):
    """{person: (own mean, the reference's, share of shared days, both on the last day)}."""
    days = standing_on_each_day(events, first_day, last_day)
    steps = standing_on_each_day([(0, day, score) for day, score in reference], first_day, last_day)
    found = {}
    for stands, told in zip(days, steps, strict=True):
        for who, score in stands.items() if told else ():
            found.setdefault(who, []).append((score, told[0]))
    return {
        who: (
            math.fsum(own for own, _ in pairs) / len(pairs),
            math.fsum(other for _, other in pairs) / len(pairs),
            len(pairs) / len(days),
            pairs[-1] if who in days[-1] and steps[-1] else None,
        )
        for who, pairs in found.items()
    }


def log_odds_by_hand(probability):
    return math.log((probability + 0.01) / (1 - probability + 0.01))


def trimmed_mean_by_hand(values, weights, cut=Fraction(1, 5)):
    """The middle of the weight, the edges cut exactly, in fractions."""
    rows = sorted((value, Fraction(weight)) for value, weight in zip(values, weights, strict=True))
    total = sum(weight for _, weight in rows)
    low, high = total * cut, total * (1 - cut)
    passed, kept = Fraction(0), []
    for value, weight in rows:
        inside = min(passed + weight, high) - max(passed, low)
        kept.append((value, max(inside, Fraction(0))))
        passed += weight
    return math.fsum(value * float(weight) for value, weight in kept) / float(high - low)


def quantile_by_hand(values, weights, share):
    """The first value at which the weight reaches the share; midway to the next where it does exactly."""
    rows = sorted(zip(values, weights, strict=True))
    target, passed = share * math.fsum(weights), []
    for value, weight in rows:
        passed.append(weight)
        reached = math.fsum(passed)
        if reached > target + 1e-12 * math.fsum(weights):
            return value
        if reached >= target - 1e-12 * math.fsum(weights):
            return (value + rows[len(passed)][0]) / 2
    raise AssertionError


def certainty_by_hand(place):
    return min(max(1.02 / (1 + math.exp(-place)) - 0.01, 0.0001), 0.9999)


def crowd_by_hand(probabilities, weights, pull=0.2, stretch=1.3):
    """The default rule step by step: names to figures, without the flag that compares with equal weights."""
    people, certain = len(probabilities), math.log(101)
    own = [log_odds_by_hand(p) for p in probabilities]
    trimmed = trimmed_mean_by_hand(own, weights)
    outer = trimmed_mean_by_hand(own, weights, Fraction(1, 20))
    whole = trimmed_mean_by_hand(own, weights, Fraction(0))

    def moved(x):
        if abs(x) > certain:
            return people / (people + 1) * x
        return people / (people + 1) * x * (1 + (stretch - 1) * (1 - x**2 / certain**2))

    pooled = trimmed + min(max(outer - trimmed, -pull), pull)
    quarter, three_quarters = (quantile_by_hand(probabilities, weights, share) for share in (0.25, 0.75))
    edges = log_odds_by_hand(quarter), log_odds_by_hand(three_quarters)
    place = min(max(moved(pooled), edges[0]), edges[1])
    total = math.fsum(weights)
    effective = total**2 / math.fsum(weight**2 for weight in weights)
    spread = math.fsum(w * (x - whole) ** 2 for w, x in zip(weights, own, strict=True)) / total
    variance = (effective * spread + 2) / (effective + 1)
    half = t.ppf(0.95, effective + 1) * math.sqrt(2 * variance / effective)
    return {
        "value": certainty_by_hand(place),
        "low": certainty_by_hand(place - (moved(pooled) - moved(pooled - half))),
        "high": certainty_by_hand(place + (moved(pooled + half) - moved(pooled))),
        "people": people,
        "effective": effective,
        "trimmed": trimmed,
        "outer": outer,
        "whole": whole,
        "quarter": quarter,
        "three_quarters": three_quarters,
    }


def options_by_hand(rows, weights, pull=0.2, stretch=1.3):
    """The default rule over options: each by itself, divided by the sum; ends move in log-odds as the value did."""
    each = [crowd_by_hand(list(column), weights, pull, stretch) for column in zip(*rows, strict=True)]
    total = math.fsum(one["value"] for one in each)
    for one in each:
        shift = log_odds_by_hand(one["value"] / total) - log_odds_by_hand(one["value"])
        for end in ("low", "high"):
            one[end] = certainty_by_hand(log_odds_by_hand(one[end]) + shift)
        one["value"] /= total
    return each
