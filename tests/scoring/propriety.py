"""What a forecaster would say who only wants the best score on average, found by numeric search.

The search knows nothing of the rules: it is given the expected penalty of what one says and looks for the
lowest.
"""

import numpy as np
from scipy.optimize import minimize, minimize_scalar


def best_probability(penalty):
    """The probability from 0 to 1 with the lowest expected penalty."""
    found = minimize_scalar(penalty, bounds=(1e-9, 1 - 1e-9), method="bounded", options={"xatol": 1e-10})
    return found.x


def best_options(penalty, options):
    """The probabilities of so many options with the lowest expected penalty, from equal ones on.

    It searches among sizes that are then divided by their sum: among logits it would get lost where one of
    them runs to minus infinity and the slope with it.
    """

    def of_sizes(sizes):
        return penalty(sizes / sizes.sum())

    rule = {"ftol": 1e-15, "gtol": 1e-10, "maxiter": 1000}
    found = minimize(
        of_sizes, np.full(options, 0.5), method="L-BFGS-B", bounds=[(1e-6, 1)] * options, options=rule
    )
    return found.x / found.x.sum()


def best_numbers(penalty, start):
    """The numbers with the lowest expected penalty, without any slope: from `start` on."""
    corners = np.vstack([start, np.asarray(start) + 0.3 * np.eye(len(start))])
    rule = {"xatol": 1e-8, "fatol": 1e-12, "maxiter": 2000, "maxfev": 2000, "initial_simplex": corners}
    return minimize(penalty, start, method="Nelder-Mead", options=rule).x


def expected_yes_or_no(rule, belief, said):
    """The mean penalty of saying `said` where yes comes with the probability `belief`."""
    return np.dot([belief, 1 - belief], rule([1, 0], [said, said]))


def expected_options(rule, belief, said):
    """The mean penalty of saying `said` over options that come true with the probabilities `belief`."""
    return np.dot(belief, rule(np.arange(len(belief)), np.tile(said, (len(belief), 1))))
