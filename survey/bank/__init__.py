"""Question banks: surveys written as TOML files, read, checked and loaded into the store.

A bank is a folder. `structure.toml` has the facts:

- `[survey]`: slug, opens, closes, languages, and the rules under which it is asked (`content.Settings`)
- `[[theme]]`: key
- `[[question]]`: key, theme, kind, resolves, `rationale_required` where each forecast must say why, `deadline`
  (a ladder: `deadlines`); where they are not given, it opens with the survey and closes at the end of its (last)
  deadline; `options` for choice and ordered; scale, bounds and `quantile_levels` for numeric and date; `given`,
  an event, for what is conditional
- `[question.base_rate]`, where it is known how often it happened before: events of cases, since, until, an https
  `link`; each language's file has `reference_class` and `source` under `[question.KEY.base_rate]`. It is shown after
  one's own answer, or before it where the survey has `base_rates_before`
- `[[relation]]`: key, kind, `events`, and `pair` for total
- `[[scenario]]`: key, `leaves`, `also` (events told beside them) and `[[scenario.axes]]`, two to six, the root first;
  every future is in exactly one leaf. A language may name both branches of each axis, `branches.KEY.yes` and `.no`
- `[[background]]`: key and kind (single, multi, text, number) of what people are asked about themselves, all
  of it optional; `options` for single and multi, `lower` and `upper` for a number where it has bounds
- an event: `{ question = "clash", options = ["2028-12-31"], holds = true }`

Each language has a file (`en.toml`) with the words under the same keys, every language the same ones. Options
of binary, numeric and date questions need a label only in a language that `content.OWN_LABELS` lacks. The
sentence of a relation stands under the part of its key before the dot. What changed with a version of a question
may stand under the version's number in `[question.KEY.notes]`.

`worked.toml` may give an answer, in probabilities, that satisfies every relation.
"""

from .checking import check_bank
from .loading import load_bank
from .reading import available_banks

__all__ = ["available_banks", "check_bank", "load_bank"]
