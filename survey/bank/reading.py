"""A folder of TOML files becomes a bank, or a list of everything that is wrong with it; so does a document.

structure.toml   facts: the survey's rules, themes, questions, relations, scenarios
en.toml, …       words, one file for each of the survey's languages, all under the same keys
worked.toml      an answer that satisfies every relation; may be left out
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import BankError
from .background import read_background
from .content import Bank, Words, WorkedAnswers
from .facts import read_questions
from .rounds import read_rounds
from .settings import read_settings, read_themes
from .tables import Fault, Table, open_table
from .ties import KINDS_WITH_EVENTS, Shapes, read_relations, read_scenarios
from .words import compare_languages, read_words

STRUCTURE, WORKED = "structure.toml", "worked.toml"
_BANKS = Path(__file__).parent


def available_banks() -> list[str]:
    """Names of the banks that ship with the application."""
    return sorted(path.parent.name for path in _BANKS.glob(f"*/{STRUCTURE}"))


def bank_folder(name_or_path: str | Path) -> Path:
    """The folder of a bank: one that ships, by its name, or any other, by its path.

    Raises
    ------
    BankError
        If there is neither.
    """
    if name_or_path in available_banks():
        return _BANKS / name_or_path
    if Path(name_or_path).is_dir():
        return Path(name_or_path)
    shipped = ", ".join(available_banks())
    raise BankError([f"{name_or_path}: there is no such folder, and no such bank; there are: {shipped}"])


def read_bank(folder: Path) -> Bank:
    """The bank in a folder.

    Raises
    ------
    BankError
        With every fault of every file, each as `file:line: key: what is wrong`.
    """
    faults: list[Fault] = []
    structure = open_table(folder / STRUCTURE, faults)
    if structure is None:
        # Without facts no words can be judged, but whether they are TOML can: all is told at one go.
        for path in sorted(folder.glob("*.toml")):
            if path.name != STRUCTURE:
                open_table(path, faults)
        raise BankError(faults)
    bank = read_tables(
        BankTables(
            structure,
            lambda languages: _open_words(folder, languages, structure, faults),
            lambda: _open_worked(folder, faults),
        )
    )
    if faults:
        raise BankError(faults)
    return bank


@dataclass(frozen=True)
class BankTables:
    """A bank's tables, wherever they come from: which words are wanted is known once the structure is read."""

    structure: Table
    words: Callable[[tuple[str, ...]], Mapping[str, Table]]
    worked: Callable[[], Table | None]


def read_tables(parts: BankTables) -> Bank:
    """The bank of some tables; what is wrong is noted in their sources, and read as something harmless."""
    structure = parts.structure
    structure.only(("survey", "theme", "question", "relation", "scenario", "background", "round"))
    settings = read_settings(structure.table("survey"))
    rounds = read_rounds(structure, settings)
    themes = read_themes(structure)
    questions, shapes = read_questions(structure, settings, themes)
    relations = read_relations(structure, shapes)
    scenarios = read_scenarios(structure, questions, shapes)
    background = read_background(structure)
    files = parts.words(settings.languages)
    words: dict[str, Words] = {
        language: read_words(file, language, themes, questions, relations, scenarios, background)
        for language, file in files.items()
    }
    compare_languages(list(files.values()))
    worked = _worked(parts.worked(), shapes)
    return Bank(settings, themes, questions, relations, scenarios, words, worked, background, rounds)


def _open_words(
    folder: Path, languages: tuple[str, ...], structure: Table, faults: list[Fault]
) -> dict[str, Table]:
    known = {STRUCTURE, WORKED, *(f"{language}.toml" for language in languages)}
    for path in sorted(folder.glob("*.toml")):
        if path.name not in known:
            structure.table("survey").fault("languages", f"{path.name} is there, its language is not named")
    opened = {language: open_table(folder / f"{language}.toml", faults) for language in languages}
    return {language: file for language, file in opened.items() if file is not None}


def _open_worked(folder: Path, faults: list[Fault]) -> Table | None:
    path = folder / WORKED
    return open_table(path, faults) if path.exists() else None


def _worked(file: Table | None, shapes: Shapes) -> WorkedAnswers:
    if file is None:
        return {}
    file.only(("answer",))
    answers = file.table("answer")
    answers.only(shapes, "there is no such question")
    return {key: _answer(answers, key, shapes) for key in answers.content if key in shapes}


def _answer(answers: Table, key: str, shapes: Shapes) -> dict[str, float]:
    table, shape = answers.table(key), shapes[key]
    if shape.kind not in (*KINDS_WITH_EVENTS, "pair", ""):
        answers.fault(key, f"an answer here is in probabilities; {key} is of kind {shape.kind}")
        return {}
    if shape.options:
        table.only(shape.options, "there is no such option")
    return {option: _probability(table, option) for option in shape.options if option in table}


def _probability(table: Table, option: str) -> float:
    probability = table.number(option)
    if not 0 <= probability <= 1:
        table.fault(option, f"must be a probability from 0 to 1, got {probability}")
    return probability
