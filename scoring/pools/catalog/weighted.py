"""Weights by earlier results and by three-point answers, and pools of meta-predictions."""

from collections.abc import Callable
from functools import partial
from typing import Any

from scoring.pools import contribution_scores, cooke, knowledge, meta_predictions, past_skill, three_point
from scoring.pools import three_point_weights as weights
from scoring.pools.catalog.method import Method

SKILL = "Weights by earlier results"
THREE_POINTS = "Weights by three-point answers"
OTHERS = "What the others will say"

RESOLVED = frozenset({"resolved questions"})
ANSWERS = frozenset({"three-point answers"})
EXPECTED = frozenset({"what the others will say"})

_by_skill = partial(Method, group=SKILL, needs=RESOLVED, kind=None)

SKILL_METHODS = {
    "contribution_weights": _by_skill(
        name="Contribution-weighted model",
        words=(
            "People who made the crowd better on earlier questions count by as much as they did; "
            "those who made it worse do not."
        ),
        formula="w ∝ max(0, C), C the mean over questions of S(crowd) − S(crowd without the person).",
        source=(
            "Budescu and Chen (2015), Management Science 61, 267-280; Chen, Budescu, Lakshmikanth, Mellers "
            "and Tetlock (2016), Decision Analysis 13, 128-152."
        ),
        when="With five resolved questions or more for each person. Judge it on other questions than these.",
        function=contribution_scores.contribution_weights,
    ),
    "skill_weights": _by_skill(
        name="Weights by skill, drawn to the mean",
        words="People who beat the crowd count more; those who have answered little count as average.",
        formula="w ∝ exp(s/c) with s = n/(n + k) · mean of S(person) − S(crowd) over n questions.",
        source=(
            "Mellers and others (2014), Psychological Science 25, 1106-1115; Atanasov and others (2017), "
            "Management Science 63, 691-706. The constants are our own."
        ),
        when="With many resolved questions and people who come and go.",
        function=past_skill.skill_weights,
        parameters={"prior": past_skill.PRIOR, "scale": past_skill.SCALE},
    ),
    "select_crowd_weights": _by_skill(
        name="Select crowd",
        words="The mean of the five people who did best, the difficulty of their questions taken out.",
        formula="w = 1/5 for the five highest a in S = a(person) + b(question) + error, by least squares.",
        source="Mannes, Soll and Larrick (2014), Journal of Personality and Social Psychology 107, 276-299.",
        when="Where skill differs much and is well known. With few resolved questions the five are lucky.",
        function=past_skill.select_crowd_weights,
        parameters={"size": past_skill.SELECTED},
    ),
    "cooke": _by_skill(
        name="Cooke's classical model",
        words=(
            "Experts answer questions whose answer is known. Those who are well calibrated there and "
            "say much count; those below a cutoff do not. Their distributions are mixed."
        ),
        formula="w = C·I·1{C ≥ α}, C = 1 − χ²(2·N·Σ s·ln(s/p)), I the information over the item's range.",
        source="Cooke (1991), Experts in Uncertainty, Oxford University Press.",
        when="With a dozen such questions or more. With fewer it hardly tells experts apart.",
        function=cooke.decision_maker,
        parameters={"overshoot": cooke.OVERSHOOT, "power": 1.0},
        needs=frozenset({"quantiles", "questions with a known answer"}),
    ),
}


def _three_point(
    name: str, words: str, formula: str, when: str, function: Callable[..., Any], aggrecat: str, **more: float
) -> Method:
    """One of the methods of aggreCAT: the weighted mean of the best estimates."""
    return Method(
        name=name,
        words=words,
        formula=formula,
        source=f"Hanea, Wilkinson, McBride and others (2021), PLoS ONE 16, e0256919: {aggrecat}.",
        when=when,
        group=THREE_POINTS,
        function=function,
        parameters=more,
        needs=ANSWERS,
        kind=None,
    )


THREE_POINT_METHODS = {
    "interval_width": _three_point(
        "By width",
        "People who give a narrow interval count more.",
        "Σ w·b / Σ w with w = 1/(u − l).",
        "Where people don't know that narrowness pays. A width of 0 outweighs everybody.",
        weights.interval_width_weights,
        "IntWAgg",
    ),
    "relative_width": _three_point(
        "By width for the person",
        "People who give a narrower interval than they usually do count more.",
        "Σ w·b / Σ w with w = the person's widest interval / (u − l).",
        "Where some people are narrower than others by habit. It needs several claims.",
        weights.relative_width_weights,
        "IndIntWAgg",
    ),
    "width_variance": _three_point(
        "By how widths vary",
        "People who tell sure from unsure, with intervals of different widths, count more.",
        "Σ w·b / Σ w with w = the variance of the person's widths.",
        "With several claims for each person.",
        weights.width_variance_weights,
        "VarIndIntWAgg",
    ),
    "asymmetry": _three_point(
        "By asymmetry",
        "People whose best estimate lies near an end of the interval count more.",
        "Σ w·b / Σ w with w = 1 − 2·min(b − l, u − b)/(u − l).",
        "Where a middle is given by those who don't think further.",
        weights.asymmetry_weights,
        "AsymWAgg",
    ),
    "width_and_asymmetry": _three_point(
        "By width for the person and asymmetry",
        "The product of these two.",
        "Σ w·b / Σ w with the product of both weights.",
        "As either.",
        weights.width_and_asymmetry_weights,
        "IndIntAsymWAgg",
    ),
    "three_in_one": _three_point(
        "Three in one",
        "The product of width for the person, asymmetry and how widths vary.",
        "Σ w·b / Σ w with the product of the three weights.",
        "To compare. A product of weights leaves few people.",
        weights.three_in_one_weights,
        "KitchSinkWAgg",
    ),
    "decisiveness": _three_point(
        "By decisiveness",
        "People who come near 0 or 100 % count more.",
        "Σ w·b / Σ w with w = max(b, 1 − b).",
        "Where those who know are sure. It needs no interval.",
        weights.decisiveness_weights,
        "DistLimitWAgg",
    ),
    "nearness": _three_point(
        "By nearness to the median",
        "Outliers count less.",
        "Σ w·b / Σ w with w = 1 − d/max d and d = (b − median)².",
        "Where outliers are slips. It needs no interval.",
        weights.nearness_weights,
        "OutWAgg",
    ),
    "fine_steps": _three_point(
        "By fineness",
        "People who do not answer in steps of 5 points count more.",
        "Σ w·b / Σ w with w = the share of the person's estimates that are no multiple of 5 points.",
        "Where the form lets everybody answer in points. It needs no interval.",
        weights.fine_steps_weights,
        "GranWAgg",
        step=weights.STEP,
    ),
    "shift": _three_point(
        "By change between two rounds",
        "People who changed more after the discussion count more.",
        "Σ w·b / Σ w with w = |Δb| + |Δl|/2 + |Δu|/2.",
        "With two rounds, where changing means having listened.",
        weights.shift_weights,
        "ShiftWAgg",
    ),
    "mixture_median": _three_point(
        "Median of the mean distribution",
        "Everyone's interval is made a distribution; the crowd's number is the median of their mean.",
        "F(x) = mean of the F_i through (0, 0), (l, 5 %), (b, 50 %), (u, 95 %), (1, 1); F(p) = 50 %.",
        "Where intervals are meant seriously: disagreement and doubt both count.",
        three_point.mixture_median,
        "DistribArMean",
    ),
}

_meta_predicted = partial(Method, group=OTHERS, needs=EXPECTED)

OTHERS_METHODS = {
    "surprisingly_popular": _meta_predicted(
        name="Surprisingly popular answer",
        words="The answer that more people give than people expected: it shows what only some know.",
        formula="argmax v/m, v the share of votes of an answer and m the mean share that people expect.",
        source="Prelec, Seung and McCoy (2017), Nature 541, 532-535.",
        when="Where a fact is known to few and the many know that they are many. Not for chances.",
        function=meta_predictions.surprisingly_popular,
        kind=None,
    ),
    "minimal_pivot": _meta_predicted(
        name="Minimal pivoting",
        words="The mean moved on by as much as it lies from what people expected of it.",
        formula=(
            "ē + (ē − m̄), between 0 and 1, with ē the mean forecast and m̄ the mean of what people expect."
        ),
        source="Palley and Soll (2019), Management Science 65, 2291-2309.",
        when="Where people share much of what they know and know it.",
        function=meta_predictions.minimal_pivot,
    ),
    "meta_probability_weighted": _meta_predicted(
        name="Meta-probability weighting",
        words="People who expect to differ from the others count more.",
        formula="Σ w·e / Σ w with w = |e − m|; the mean where all w are 0.",
        source="Martinie, Wilkening and Howe (2020), PLoS ONE 15, e0232058.",
        when="Where those who know more also know that others don't.",
        function=meta_predictions.meta_probability_weighted,
        weighted=False,
    ),
    "knowledge_weighted": _meta_predicted(
        name="Knowledge-weighted estimate",
        words=(
            "A line through what people estimate and by how much their predictions of the others were off; "
            "the crowd's number is where there would be no surprise, as far as the line can be trusted."
        ),
        formula=(
            "Ē − D̄·b·S/(b²·S + R/(n − 4)) with D = m − ē the surprise, b the least-squares slope of D on "
            "the estimates, S their sum of squares and R that of the residuals."
        ),
        source="Palley and Satopää (2023), Management Science 69, 5128-5146.",
        when="From five people on, for numbers and probabilities. It may go outside of what anybody said.",
        function=knowledge.knowledge_weighted,
        weighted=False,
    ),
}
