"""`README.md` and `CITATION.cff` of a bundle: what it is, what is in it, how to read it, how to cite it."""

import json
from collections.abc import Iterator

from .description import Description

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
        "- Ids of people and of their acts are pseudonyms of this snapshot alone. Rows stand in their order, which\n"
        "  tells nothing. Whoever knows what somebody said can find their row: pass on what you must only.\n"
        "- Invented people (`is_simulated`) and people who work on the survey (`is_insider`) are marked.\n"
    )
    if told.exact_times:
        yield f"- `paradata.csv` holds exact times, for this reason: {told.exact_times}\n"
    else:
        yield "- Days stand for moments.\n"
    for remark in told.remarks:
        yield f"- {remark}\n"
    yield f"\n## In other words\n{OTHERS}"
    yield (
        "\n## Verify\n\n"
        "`sha256sum -c MANIFEST.sha256` compares the files; `parley bundle verify ZIP` the archive to its last\n"
        "byte, with its signature; with `--keys` and the site's address, that a key of the site made it. The site\n"
        "tells its keys, today's and earlier ones, at `/.well-known/parley-keys.json`.\n"
    )
    yield f"\n## Licence\n\n{told.licence.sentence}\n"


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
