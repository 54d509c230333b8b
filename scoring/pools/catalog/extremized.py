"""Extremizing pools: they push the mean outwards, by a fixed amount or by one fitted on resolved questions."""

from functools import partial

from scoring.pools import beta, extremizing, fitted, odds
from scoring.pools.catalog.method import Method

OUTWARD = "Pushed outwards"
FITTED = "Fitted on resolved questions"

RESOLVED = frozenset({"resolved questions"})

_outward = partial(Method, group=OUTWARD)

OUTWARD_METHODS = {
    "extremized": _outward(
        name="Extremized log-odds",
        words=(
            "The mean in log-odds, then stretched away from one half: everyone knows only a part, so all "
            "together should be surer than their mean."
        ),
        formula="σ(a · Σ w·L / Σ w) with L = ln(p/(1 − p)), p brought into 1 to 99 %.",
        source=(
            "Satopää, Baron, Foster, Mellers, Tetlock and Ungar (2014), International Journal of Forecasting "
            "30, 344-356, who found the best a between 1.161 and 3.921. The default of 1.25 is our own."
        ),
        when=(
            "Where people know different things and the crowd is large. Not for experts who read the same "
            "reports, nor where the whole crowd may be wrong."
        ),
        function=extremizing.extremized,
        parameters={"stretch": extremizing.STRETCH, "clip": odds.CLIP},
    ),
    "neyman_roughgarden": _outward(
        name="Neyman and Roughgarden",
        words=(
            "The mean in log-odds, pushed away from a base rate by a factor that grows with the number of "
            "people, from 1 to 1.73. Nothing has to be fitted."
        ),
        formula=(
            "σ(μ + d·(Σ w·L / Σ w − μ)) with d = n(√(3n² − 3n + 1) − 2)/(n² − n − 1), n people, and μ the "
            "log-odds of the base rate, 50 % without another."
        ),
        source=(
            "Neyman and Roughgarden (2022), Proceedings of the 23rd ACM Conference on Economics and "
            "Computation."
        ),
        when="Where a base rate is known and people hold different evidence. Not for two or three people.",
        function=extremizing.neyman_roughgarden,
        parameters={"base rate": 0.5, "clip": odds.CLIP},
    ),
    "karmarkar": _outward(
        name="Karmarkar's curve over the mean",
        words="The mean of the probabilities, then pushed away from one half.",
        formula="p^a / (p^a + (1 − p)^a) with p = Σ w·p / Σ w.",
        source=(
            "Karmarkar (1978), Organizational Behavior and Human Performance 21, 61-72; for pools Baron, "
            "Mellers, Tetlock, Stone and Ungar (2014), Decision Analysis 11, 133-145. The default a is our "
            "own."
        ),
        when="As extremized log-odds, where single forecasts of 0 or 100 % must not count for more.",
        function=extremizing.karmarkar,
        parameters={"stretch": extremizing.STRETCH},
    ),
    "beta_pool": _outward(
        name="Beta-transformed linear pool",
        words="The mean of the probabilities, put through a curve shaped like an S.",
        formula="H(Σ w·p / Σ w), H the distribution function of the beta distribution with α and β.",
        source=(
            "Ranjan and Gneiting (2010), Journal of the Royal Statistical Society B 72, 71-91; α = β = 6 as "
            "in aggreCAT's BetaArMean (Gould, Willcox, Fraser, Singleton Thorn and Wilkinson 2021)."
        ),
        when="With α and β fitted. With 6 and 6 it pushes hard: 35 % becomes 15 %.",
        function=beta.beta_pool,
        parameters={"alpha": beta.ALPHA, "beta": beta.BETA},
    ),
    "logit_normal": _outward(
        name="Bayesian logit-normal pool",
        words=(
            "Everyone's log-odds are taken as the truth's plus errors that hang together; Bayes' rule then "
            "says how far the crowd moves from the base rate."
        ),
        formula=(
            "σ(a·(μ + τ²/(τ² + s²/m)·(Σ w·L / Σ w − μ))) with m = n/(1 + (n − 1)ρ), μ the log-odds of the "
            "base rate, τ² and s² the variances between questions and between people, and ρ the correlation "
            "of errors."
        ),
        source=(
            "Satopää, Jensen, Mellers, Tetlock and Ungar (2014), Annals of Applied Statistics 8, 1256-1280."
        ),
        when=(
            "Where the variances and the correlation are known from earlier questions. Not on guesses of "
            "them."
        ),
        function=extremizing.logit_normal,
        parameters={"stretch": 1.0, "base rate": 0.5, "clip": odds.CLIP},
        needs=frozenset({"variances and correlation of errors"}),
    ),
}

_fitted = partial(Method, group=FITTED, needs=RESOLVED, kind=None)

FITTED_METHODS = {
    "fit_stretch": _fitted(
        name="Fitted stretch",
        words=(
            "Extremized log-odds with the amount that would have been best on the questions resolved so far. "
            "With fewer than 30 nothing is stretched."
        ),
        formula=(
            "a = argmax Σ ln P(y | σ(a·x)), over resolved questions with crowd log-odds x and outcomes y."
        ),
        source=(
            "Satopää, Baron, Foster, Mellers, Tetlock and Ungar (2014), International Journal of Forecasting "
            "30, 344-356."
        ),
        when=(
            "With 30 resolved questions or more of the same kind. Never on the questions it is then judged "
            "on."
        ),
        function=fitted.fit_stretch,
        parameters={"minimum": fitted.MINIMUM, "clip": odds.CROWD_CLIP, "limit": fitted.STEEPEST},
    ),
    "fit_line": _fitted(
        name="Fitted line in log-odds (Platt, LLO)",
        words="Stretch and shift together: it also corrects a crowd that says yes too often.",
        formula="a, b = argmax Σ ln P(y | σ(a·x + b)), over resolved questions.",
        source=(
            "Platt (1999), Advances in Large Margin Classifiers, 61-74; Turner, Steyvers, Merkle, Budescu "
            "and Wallsten (2014), Machine Learning 95, 261-289."
        ),
        when="With many resolved questions that say yes as often as those to come.",
        function=fitted.fit_line,
        parameters={"minimum": fitted.MINIMUM, "clip": odds.CROWD_CLIP, "limit": fitted.STEEPEST},
    ),
    "fit_beta": _fitted(
        name="Fitted beta curve",
        words="The beta-transformed linear pool with the curve that would have been best so far.",
        formula="α, β = argmax Σ ln P(y | H(p)), over resolved questions with crowd means p.",
        source="Ranjan and Gneiting (2010), Journal of the Royal Statistical Society B 72, 71-91.",
        when="As the fitted line, where the mean is the crowd's number.",
        function=fitted.fit_beta,
        parameters={"minimum": fitted.MINIMUM, "clip": odds.CROWD_CLIP, "limit": fitted.LARGEST},
    ),
}
