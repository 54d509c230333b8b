"""The rules of the crowd forecast read literally: person by person, day by day, in plain Python.

Slow on purpose, and written without ``scoring``, so that both can't be wrong in the same way.
"""

import math
from fractions import Fraction


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

    Whoever counts is compared with the others' mean logarithm. Whoever doesn't: n/(n - 1) times the distance
    from the mean of the n who count.
    """
    found = {}
    days = standing_on_each_day(events, first_day, last_day)
    for stands in days:
        for who, chance in stands.items():
            others = [math.log(p) for other, p in stands.items() if other != who and other not in outside]
            least, factor = (2, len(others) / (len(others) - 1 or 1)) if who in outside else (1, 1)
            enough = len(others) >= least
            gain = 100 * factor * (math.log(chance) - math.fsum(others) / len(others)) if enough else 0.0
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
    kept = min(max(probability, 0.01), 0.99)
    return math.log(kept / (1 - kept))


def trimmed_mean_by_hand(values, weights):
    """The middle 60 % of the weight, the edges cut exactly, in fractions."""
    rows = sorted((value, Fraction(weight)) for value, weight in zip(values, weights, strict=True))
    total = sum(weight for _, weight in rows)
    low, high = total / 5, total * 4 / 5
    passed, kept = Fraction(0), []
    for value, weight in rows:
        inside = min(passed + weight, high) - max(passed, low)
        kept.append((value, max(inside, Fraction(0))))
        passed += weight
    return math.fsum(value * float(weight) for value, weight in kept) / float(high - low)


def position_by_hand(probabilities, weights):
    """T + clip(G - T, ±0.2), with T and G."""
    log_odds = [log_odds_by_hand(p) for p in probabilities]
    trimmed = trimmed_mean_by_hand(log_odds, weights)
    weighted = zip(weights, log_odds, strict=True)
    whole = math.fsum(weight * value for weight, value in weighted) / math.fsum(weights)
    return trimmed + min(max(whole - trimmed, -0.2), 0.2), trimmed, whole


def parley_by_hand(probabilities, weights):
    """p* of the default rule."""
    people = len(probabilities)
    position, _, _ = position_by_hand(probabilities, weights)
    return 1 / (1 + math.exp(-1.3 * people / (people + 1) * position))


def parley_options_by_hand(rows, weights):
    """The default rule over options: one pooled position each, shares, then the stretch."""
    stretch = 1.3 * len(rows) / (len(rows) + 1)
    positions = [position_by_hand(column, weights)[0] for column in zip(*rows, strict=True)]
    shares = [1 / (1 + math.exp(-x)) for x in positions]
    stretched = [(share / sum(shares)) ** stretch for share in shares]
    return [value / sum(stretched) for value in stretched]
