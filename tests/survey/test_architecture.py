"""The documents tell the truth, and imports go down only. Each rule has a control that it catches a breach."""

import ast
import doctest
import re
from collections.abc import Iterable, Iterator
from configparser import ConfigParser
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from survey.cli import main
from survey.cli.server import settings_table
from survey.config import SETTINGS

ROOT = Path(__file__).parents[2]


def floors(document: str) -> list[list[str]]:
    """The rooms of ARCHITECTURE's table from the top floor down: a row that names no floor goes on with the last.

    A module imports from its own floor and from those below. `scoring` is one room, whatever it is divided into.
    """
    found: list[list[str]] = []
    for floor, rooms in re.findall(r"^\| *([\w ]*?) *\| (`[^|]+) \|", document, re.MULTILINE):
        if floor:
            found.append([])
        for path in re.findall(r"`((?:survey|scoring)/[\w./]*)`", rooms):
            room = path.removesuffix("__init__.py").removesuffix(".py").strip("/").replace("/", ".")
            found[-1] += [room] if not room.startswith("scoring.") else []
    return found


FLOORS = floors((ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8"))
FLOOR_OF = {room: number for number, floor in enumerate(FLOORS) for room in floor}

#: What needs a browser, a database or a form has no place in the formulas.
NOT_FOR_SCORING = {"survey", "flask", "sqlalchemy", "wtforms"}
#: Names that say nothing of what is inside.
EMPTY_NAMES = {"util", "utils", "helper", "helpers", "common", "misc", "tools"}


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def modules(*packages: str) -> dict[str, Path]:
    """The files of packages by the names of their modules: the folders are walked once."""
    return {module_of(path): path for package in packages for path in (ROOT / package).rglob("*.py")}


def imported(source: str, module: str, is_package: bool = False) -> Iterator[str]:
    """Full names of everything a module imports, wherever in it."""
    package = module if is_package else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{base}.{name.name}" for name in node.names)


def room_of(name: str) -> str | None:
    """The room an imported name is in; None for other people's packages."""
    parts = name.split(".")
    if parts[0] == "scoring":
        return "scoring"
    if parts[0] != "survey":
        return None
    room = ".".join(parts[:2])
    return room if room in FLOOR_OF else "survey"


def climbs(names: Iterable[str], module: str) -> list[str]:
    """Of what a module imports that which lies above it."""
    own = room_of(module) or ""
    rooms = {name: room_of(name) for name in names}
    return [
        f"{module} imports {name}"
        for name, room in rooms.items()
        # The package itself stands for its version and `create_app`, which the top floors alone may know.
        if room is not None and FLOOR_OF[room] < FLOOR_OF[own]
    ]


@cache
def imports_of(path: Path) -> frozenset[str]:
    """What a file imports: it is read once for all rules."""
    return frozenset(imported(path.read_text(), module_of(path), path.name == "__init__.py"))


def test_imports_go_down() -> None:
    there = modules("survey", "scoring")
    assert len(there) > 500
    assert [fault for module, path in there.items() for fault in climbs(imports_of(path), module)] == []


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("survey.models.answer", "from ..services import forecast_submit"),
        ("survey.services.enrollment", "from ..web.identity import remember"),
        ("survey.questions.base", "import survey.disclosure"),
        ("survey.clock", "def now():\n    from .store.engine import db"),
        ("scoring.rules", "from survey import clock"),
    ],
)
def test_an_import_that_goes_up_is_caught(module: str, line: str) -> None:
    assert len(climbs(imported(line, module), module)) == 1


def circles(ways: dict[str, set[str]]) -> list[str]:
    """A circle of rooms that import each other, if there is one."""
    try:
        TopologicalSorter(ways).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found
    return []


def test_no_rooms_import_each_other_in_a_circle() -> None:
    ways: dict[str, set[str]] = {}
    for module, path in modules("survey", "scoring").items():
        own = room_of(module) or ""
        others = {room for room in map(room_of, imports_of(path)) if room not in (None, own, "survey")}
        ways.setdefault(own, set()).update(room for room in others if room)
    assert circles(ways) == []


def test_a_circle_of_rooms_is_caught() -> None:
    assert circles({"web": {"services"}, "services": {"store"}, "store": {"web"}}) != []


def test_floors_are_read_from_the_table() -> None:
    table = "| a | `survey/cli/` | words |\n| | `survey/clock.py`, `survey/web/` | more |\n| b | `scoring/` | `x` |\n"
    assert floors(table) == [["survey.cli", "survey.clock", "survey.web"], ["scoring"]]


def test_the_house_has_few_rooms_and_fewer_loose_files() -> None:
    inside = [path for path in (ROOT / "survey").iterdir() if path.name != "__pycache__"]
    # A folder that moved leaves caches behind in a checkout: they are no room.
    rooms = [path for path in inside if path.is_dir() and {*path.rglob("*.*")} - {*path.rglob("*.pyc")}]
    assert len(rooms) <= 20
    assert len([path for path in inside if path.suffix == ".py"]) <= 8


def test_every_room_has_its_floor() -> None:
    rooms = {".".join(module.split(".")[:2]) for module in modules("survey") if module != "survey"}
    assert rooms == {room for room in FLOOR_OF if room.startswith("survey.")}


def test_formulas_know_nothing_of_the_application() -> None:
    for path in modules("scoring").values():
        assert not {name.split(".")[0] for name in imports_of(path)} & NOT_FOR_SCORING, path


def test_models_know_nothing_of_flask_but_for_accounts() -> None:
    knowing = {
        path.name
        for path in modules("survey/models").values()
        for name in imports_of(path)
        if "flask" in name
    }
    assert knowing == {"account.py"}


def test_pages_never_read_forecasts_past_the_door() -> None:
    """`disclosure/` alone tells what others said: no page imports the arrays, the figures or their tables."""
    forbidden = ("survey.aggregation.forecast_arrays", "survey.aggregation.aggregates")
    tables = {"survey.models.Forecast", "survey.models.Publication", "survey.models.Rationale"}
    for module, path in modules("survey/web", "survey/api", "survey/presenters").items():
        names = set(imports_of(path))
        assert not [name for name in names if name.startswith(forbidden)], module
        assert not names & tables, module


DOORS = ("survey.web", "survey.api")


def test_only_the_application_knows_its_doors() -> None:
    """Neither door knows the other: what both say is in `presenters/`."""
    knowing = {
        module
        for module, path in modules("survey").items()
        for door in DOORS
        if not module.startswith(door) and door in map(room_of, imports_of(path))
    }
    assert knowing == {"survey"}


def test_one_clock() -> None:
    """Nothing but `clock.py` asks what time it is."""
    asking = re.compile(r"datetime\.(now|utcnow|today)\(|date\.today\(|time\.time\(")
    found = {module for module, path in modules("survey").items() if asking.search(path.read_text())}
    assert found == {"survey.clock"}


def test_files_are_named_for_what_they_are() -> None:
    for path in [*modules("survey", "scoring", "tests", "migrations").values(), *ROOT.glob("templates/**/*")]:
        assert path.stem.strip("_") not in EMPTY_NAMES, path


def test_every_package_is_installed() -> None:
    setup = ConfigParser()
    setup.read(ROOT / "setup.cfg")
    listed = set(setup["options"]["packages"].split())
    there = {module_of(path) for path in modules("survey", "scoring").values() if path.name == "__init__.py"}
    folders = {
        ".".join(path.parent.relative_to(ROOT).parts) for path in modules("survey", "scoring").values()
    }
    assert there | folders | {"survey.templates", "survey.migrations"} == listed


# ---- The documents


def paths_in(text: str) -> list[str]:
    """Whatever in back-quotes looks like a path of the project: with a slash, or a file of a known ending."""
    quoted = re.findall(r"`([\w./<>*-]+)`", text)
    return [
        name
        for name in quoted
        # What `make` puts there is not part of the project, and may be elsewhere.
        if not name.startswith(("/", "http", ".venv"))
        and "<" not in name
        and ("/" in name or name.endswith((".py", ".md", ".cfg", ".toml", ".html", ".css", ".js")))
    ]


@pytest.mark.parametrize("document", ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md"])
def test_every_path_in_a_document_exists(document: str) -> None:
    named = paths_in((ROOT / document).read_text())
    assert named
    missing = [name for name in named if not (list(ROOT.glob(name)) or list((ROOT / "survey").glob(name)))]
    assert missing == []


def test_a_path_that_is_not_there_is_caught() -> None:
    assert paths_in("see `survey/nowhere.py`, `make run` and `/s/<slug>/`") == ["survey/nowhere.py"]


def test_every_room_is_in_the_architecture_which_is_read_in_one_sitting() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text()
    assert text.count("\n") <= 150
    for room in FLOOR_OF:
        name = room.replace(".", "/")
        assert f"`{name}.py`" in text or f"`{name}/`" in text, room


def test_pictures_of_the_documents_exist_and_are_small() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", (ROOT / "README.md").read_text())
    assert pictures
    for name in pictures:
        assert (ROOT / name).stat().st_size < 150_000, name


def test_the_examples_of_the_readme_run() -> None:
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert blocks
    for block in blocks:
        example = doctest.DocTestParser().get_doctest(block, {}, "README.md", None, None)
        assert doctest.DocTestRunner().run(example).failed == 0


def test_the_readme_has_the_table_of_settings() -> None:
    assert settings_table() in (ROOT / "README.md").read_text()


def test_every_name_that_is_read_from_the_environment_is_in_the_readme() -> None:
    # Three that are not from the environment: a place in Flask's configuration, the pattern of the names, a slip of
    # the keyboard that is an example.
    no_settings = {"PARLEY_MIGRATIONS", "PARLEY_NAME", "PARLEY_PROT"}
    files = [*modules("survey", "tests", "migrations").values(), ROOT / "Makefile", ROOT / ".ci/run"]
    read = {name for path in files for name in re.findall(r"\bPARLEY_[A-Z_]+[A-Z]\b", path.read_text())}
    readme = (ROOT / "README.md").read_text()
    assert {name for name in read - no_settings if name not in readme} == set()
    assert {f"PARLEY_{setting.name}" for setting in SETTINGS} <= set(re.findall(r"PARLEY_\w+", readme))


def test_every_command_in_the_readme_can_be_given() -> None:
    for line in re.findall(
        r"^(?:\.venv/bin/)?parley ([^#\n]*)", (ROOT / "README.md").read_text(), re.MULTILINE
    ):
        words = line.split()
        command = main.commands[words[0]]
        if hasattr(command, "commands"):
            command = command.commands[words[1]]
        options = {name for parameter in command.params for name in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options, line


def test_every_target_of_make_says_what_it_does() -> None:
    text = (ROOT / "Makefile").read_text()
    phony = set(re.search(r"\.PHONY: (.*)", text)[1].split())  # type: ignore[index]
    assert phony == set(re.findall(r"^(\w+):.*## \w", text, re.MULTILINE))


def test_the_changelog_names_the_version() -> None:
    from survey import __version__

    setup = ConfigParser()
    setup.read(ROOT / "setup.cfg")
    assert setup["metadata"]["version"] == __version__
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text()


def foreign_to_a_step(source: str) -> set[str]:
    """What a migration imports of the application or its formulas, whose rules of today may not be its own."""
    return {name for name in imported(source, "step") if name.partition(".")[0] in ("survey", "scoring", "")}


def test_a_migration_imports_nothing_of_today() -> None:
    steps = list((ROOT / "migrations").glob("*.py"))
    assert steps
    assert {path.name: found for path in steps if (found := foreign_to_a_step(path.read_text()))} == {}


def test_a_migration_that_imports_the_application_would_be_noticed() -> None:
    late = "def upgrade():\n    from survey.models import append_only\n    append_only.create()"
    assert foreign_to_a_step(f"import sqlalchemy\n{late}")
    assert foreign_to_a_step("import survey") == {"survey"}
    assert not foreign_to_a_step("from alembic import op")


#: Rooms that write beside `services` and `store`, and what it is. A room that is not here writes nothing.
WRITERS = {
    "survey.bank": "loads a survey's files; lies below the services, which act on what is loaded",
    "survey.notifications": "addresses and the letters that are due, so that the worker needs no service",
    "survey.security": "an authenticator's code counts once, in the library's own hook",
}
WRITING_METHODS = {"add", "add_all", "commit", "delete", "flush", "merge"}
WRITING_STATEMENTS = {"delete", "insert", "update"}


def writes(source: str) -> set[str]:
    """What a module does to the store itself: through a session, or by a statement that changes rows."""
    calls = [node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    methods = {
        call.attr
        for call in calls
        if isinstance(call, ast.Attribute) and ast.unparse(call.value).rpartition(".")[2] == "session"
    }
    statements = {call.id for call in calls if isinstance(call, ast.Name)}
    return (methods & WRITING_METHODS) | (statements & WRITING_STATEMENTS)


def test_services_alone_write() -> None:
    found = {room_of(name) for name, path in modules("survey").items() if writes(path.read_text())}
    assert found - {"survey.services", "survey.store"} == WRITERS.keys()


@pytest.mark.parametrize(
    "line",
    ["db.session.add(row)", "session.flush()", "self.session.delete(row)", "session.execute(update(User))"],
)
def test_a_write_elsewhere_would_be_noticed(line: str) -> None:
    assert writes(line)
    assert not writes("seen.add(row)\nsession.scalar(select(User))")
