"""`README.md` and `CITATION.cff` of a bundle: what it is, what is in it, how to read it, how to cite it."""

import json
from collections.abc import Iterator

from .description import Description
from .options import FreezeOptions

#: Our columns in the words of other data sets; `layouts.py` writes some of their files.
OTHERS = """
| here | Good Judgment Project | hubverse | Metaculus |
| --- | --- | --- | --- |
| question_id | ifp_id | target | Question ID |
| round_id | year | round id | |
| option_id | answer_option | output_type_id (pmf) | place in Probability Yes Per Category |
| given_question_id, given_option_ids, given_holds | suffix of ifp_id, q_type 1 to 5 | given | a pair of questions |
| participant_id | user_id | model_id | Forecaster (Anonymized) |
| submission_id, seq | forecast_id | | Start Time |
| action | fcast_type 0, 1, 2, 4 | | End Time set: withdrawn |
| value | value | value | Probability Yes |
"""


def readme(told: Description) -> Iterator[str]:
    """The text."""
    yield f"# {told.title}\n\n"
    if told.simulated:
        yield "**Every answer in it is invented: the survey is a demonstration.**\n\n"
    yield f"{told.organizer}. Everything received by the end of {told.as_of.isoformat()} (UTC); frozen on "
    yield f"{told.created.isoformat()} by Parley {told.version}.\n"
    if told.address:
        yield f"The survey: {told.address}\n"
    yield "\n## Files\n\n| file | rows | one row is |\n| --- | --- | --- |\n"
    for file in told.files:
        yield f"| `{file.table.file}` | {file.rows} | {file.table.meaning} |\n"
    yield (
        "\n`gjp/` has questions and forecasts in the columns of the Good Judgment Project.\n"
        "`hub/` has what was published of everybody as a hub of forecasts (hubverse, schemas 6.0.0): a model for\n"
        "each method, a round for each UTC day with publications, a task for each question and condition (`given`).\n"
        "Numbers that are no whole distribution are left out: a ladder of which a rung was not told, or that falls.\n"
        "`value` is unrounded, of a date in days since 1970-01-01; `target-data/oracle-output.csv` has the outcomes\n"
        "that are known.\n"
        "`forecasts_long.parquet` and `forecasts_long.jsonl` are `forecasts_long.csv` with its types.\n"
        "Every column is told in `codebook.csv` and `codebook.md`; the same for programs in `datapackage.json`\n"
        "(Frictionless), `croissant.json` (schema.org) and `ddi.xml` (DDI-Codebook 2.5). `load.py` and `load.R`\n"
        "read all tables with types and labels.\n"
    )
    yield (
        "\n## How to read them\n\n"
        "- CSV in UTF-8 with LF and a header; days are ISO 8601 in UTC; an empty cell is missing.\n"
        "- A column can be empty for thousands of rows, such as those about a condition: a program that guesses\n"
        "  types from the first rows has to look at all of them (`readr::read_csv(file, guess_max = Inf)`), or read\n"
        "  the Parquet file, which has them.\n"
        "- A number is the shortest text that reads back to the same double.\n"
        "- A text that a spreadsheet could run as a formula, or that a program could take for a number, begins with\n"
        "  `'`; without it, it is as it was typed.\n"
        "- Rows stand in the order of ids, which tells nothing.\n"
        "- Invented people (`is_simulated`) and people who work on the survey (`is_insider`) are marked; these are\n"
        "  in no figure of the day `insider_since` or a later one.\n"
    )
    for remark in told.remarks:
        yield f"- {remark}\n"
    yield from _protection(told.options)
    yield f"\n## In other words\n{OTHERS}"
    yield (
        "\n## Verify\n\n"
        "`sha256sum -c MANIFEST.sha256` compares the files; `parley bundle verify ZIP` the archive to its last\n"
        "byte, with its signature; with `--keys` and the site's address, that a key of the site made it. The site\n"
        "tells its keys, today's and earlier ones, at `/.well-known/parley-keys.json`.\n"
    )
    yield f"\n## Licence\n\n{told.licence.sentence}\n"


def _protection(options: FreezeOptions) -> Iterator[str]:
    """How the people in it are protected, and what of them can be found all the same."""
    yield "\n## The people in it\n\n"
    if options.stable_ids:
        yield (
            "- `participant_id` is the same as in every other snapshot of this survey that was frozen with stable\n"
            "  ids: whoever has two of them can follow each person. All other ids are of this snapshot alone.\n"
        )
    else:
        yield "- Ids of people and of their acts are pseudonyms of this snapshot alone.\n"
    yield (
        "- Two files can be matched by what people said, whatever their ids; and whoever knows what somebody said\n"
        "  can find their row. Pass on what you must only.\n"
    )
    yield from _suppression(options)
    if options.reviewed_until:
        yield f"- Rationales up to {options.reviewed_until} were looked through before they went out; words of\n"
        yield "  later ones are left out.\n"
    else:
        yield "- Nobody looked through the rationales before: their words are left out.\n"
    if options.exact_times:
        yield f"- `paradata.csv` holds exact times, for this reason: {options.exact_times}\n"
    else:
        yield "- Days stand for moments.\n"


def _suppression(options: FreezeOptions) -> Iterator[str]:
    if options.l_diversity > 1:
        yield (
            f"- l-diversity, l = {options.l_diversity}: people of whom the same is told have so many different last\n"
            "  forecasts on each question that one of them answered, or as many as everybody has where these are\n"
            "  fewer (the distinct one of Machanavajjhala et al., 2007).\n"
        )
    if options.suppresses:
        yield (
            f"- k-anonymity, k = {options.k}: of what people said about themselves each combination is shared by at\n"
            "  least so many (Samarati & Sweeney, 1998), by local suppression: what is blanked has the status\n"
            "  `suppressed` in `background_answers.csv` and `memberships.csv`. More is blanked than that asks\n"
            "  for, so that no blank follows from how many people a published group has (complementary\n"
            "  suppression). Figures of groups with blanks stand in `aggregates.csv` as pages show them, and cannot\n"
            "  be computed again; with the rows beside them somebody can still try out who belongs to a group,\n"
            "  which counting alone no longer tells. How and when somebody came, in which language, and what they\n"
            "  forecast is as it was.\n"
        )
    else:
        yield "- What people said about themselves is as they said it, however few are alike.\n"
    if options.k_reason:
        yield f"- So few for this reason: {options.k_reason}\n"
    if options.not_identifying:
        keys = ", ".join(options.not_identifying)
        yield f"- Told as they are, since nobody is recognized by them: {keys}.\n"
    yield "- `disclosure.csv` counts how many people share what is told (k-anonymity, l-diversity).\n"


def citation(told: Description) -> str:
    """The Citation File Format 1.2, https://citation-file-format.github.io/; strings as JSON, which YAML is too."""
    lines = [
        "cff-version: 1.2.0",
        'message: "Please cite these data as below."',
        "type: dataset",
        f"title: {_quoted(told.title)}",
        "authors:",
        f"  - name: {_quoted(told.organizer)}",
        f'version: "{told.number}"',
        f"date-released: {told.created.isoformat()}",
        *_licence_lines(told),
        *([f"url: {_quoted(told.address)}"] if told.address.startswith("http") else []),
    ]
    return "\n".join(lines) + "\n"


def _licence_lines(told: Description) -> list[str]:
    """The format knows identifiers of SPDX, and addresses of others; where nobody has said, nothing."""
    if told.stated is None or not (told.stated.spdx or told.stated.address):
        return []
    if told.stated.spdx:
        return [f"license: {told.stated.spdx}"]
    return [f"license-url: {_quoted(told.stated.address)}"]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
