"""Example values of the codebook: invented once and for all surveys, never what stands in a row of somebody's.

An example drawn from the rows would be one person's answer, told outside of the file that is pseudonymous.
"""

from .declaration import Column

#: By name of the column, which means the same in every table; others have one of their type.
EXAMPLES = {
    "study_id": "weather",
    "question_id": "rain",
    "given_question_id": "first-snow",
    "pair_question_id": "rain-if-snow",
    "theme": "weather",
    "title": "Will it rain on New Year's Day?",
    "label": "Yes",
    "unit": "mm",
    "background": "It rained on three of the last ten.",
    "criteria": "At least 0.1 mm at the station on the hill.",
    "fine_print": "Snow counts as what it melts to.",
    "sources": "The yearbook of the station",
    "note": "The station is named.",
    "sentence": "Rain on that day is rain in that month.",
    "definition": "Rain, and no snow before it.",
    "source": "The yearbook of the station",
    "why": "The station reported 2 mm.",
    "quantile_levels": "0.05|0.5|0.95",
    "quantile_level": "0.05",
    "option_id": "yes",
    "outcome_option_id": "wet",
    "option_ids": "yes",
    "given_option_ids": "october|november",
    "crowd_rule": "parley",
    "rule": "parley",
    "method": "median",
    "statistic": "value",
    "base_rate_link": "https://example.org/yearbook",
    "closes_by_option": "october=2027-11-01T00:00:00Z",
    "substantive_versions": "2=2027-02-10",
    "published_days": "2027-02-10|2027-02-11",
    "outcome": "yes",
    "known_from": "2027-02-10T09:00:00Z",
    "last_open_days": "yes=2027-02-10",
    "last_scored_days": "2027-02-09",
    "relation_id": "R1",
    "relation_ids": "R1|rain-if-snow",
    "scenario_id": "winter",
    "axis_id": "snow",
    "leaf_id": "wet-winter",
    "axes": "snow=yes",
    "background_id": "field",
    "language": "en",
    "words": "Clouds have come in from the west.",
    "rationale": "Clouds have come in from the west.",
    "part": "p",
    "output_type_id": "yes",
    "value_entered": "25",
    "component_id": "1",
    "clashing_ids": "R1",
    "family": "entry",
    "segment": "all",
    "segments": "public",
    "entry": "public",
    "name": "wet-winter",
}
#: Of a pseudonym, behind the letter of its noun; and of each type.
_HEXADECIMAL = "4e1f09c2a7b8d350"
_OF_TYPE = {
    "string": "some text",
    "integer": "3",
    "number": "0.25",
    "boolean": "true",
    "date": "2027-02-10",
    "datetime": "2027-02-10T09:00:00Z",
}


def example_of(column: Column, languages: tuple[str, ...] = ()) -> str:
    """An invented value of a column, as a cell of the file has it.

    >>> example_of(Column("participant_id", "string", "Pseudonym", about_person=True))
    'p4e1f09c2a7b8d350'
    >>> example_of(Column("title_en", "string", "The question (en)"), ("en",))
    "Will it rain on New Year's Day?"
    """
    if column.values:
        return next(iter(column.values))
    name = column.name
    for code in languages:
        name = name.removesuffix(f"_{code}")
    if column.about_person and name.endswith("_id"):
        return name[0] + _HEXADECIMAL
    found = EXAMPLES.get(name, "")
    return found if found and column.type in ("string", "number") else _OF_TYPE[column.type]
