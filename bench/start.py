"""How soon a command answers: processor seconds, beside an interpreter that does nothing.

`python -m bench.start` prints `parley --version`, a help, the bare formulas, and commands on a SQLite file.
"""

import os
import resource
import subprocess
import sys

from tests.teardown import torn_down

RUNS = 5
FLOOR = ["-c", "pass"]
#: Processor seconds that a command on the store may take.
STORE = 1.2
#: What is started, and the processor seconds it may take.
COMMANDS = {
    "parley --version": (["-m", "survey", "--version"], 0.3),
    "parley user create --help": (["-m", "survey", "user", "create", "--help"], 0.3),
    "parley validate --help": (["-m", "survey", "validate", "--help"], 0.3),
    "import numpy": (["-c", "import numpy"], None),
    "import scoring; scoring.brier": (["-c", "import scoring; scoring.brier"], None),
    "parley db upgrade": (["-m", "survey", "db", "upgrade"], STORE),
    "parley bank load": (["-m", "survey", "bank", "load"], STORE),
    "parley audit verify ukraine": (["-m", "survey", "audit", "verify", "ukraine"], STORE),
    "parley notify": (["-m", "survey", "notify"], STORE),
    "parley publish": (["-m", "survey", "publish"], STORE),
}


def seconds(arguments: list[str], environment: dict[str, str]) -> float:
    """Processor seconds of the quickest of several processes."""
    taken = []
    for _ in range(RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *arguments], env=environment, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(taken)


def main() -> None:
    """The table."""
    with torn_down() as folder:
        environment = {**os.environ, "PARLEY_INSTANCE": str(folder)}
        floor = seconds(FLOOR, environment)
        print(f"{'python -c pass':30} {floor:6.3f} s CPU")
        for name, (arguments, reach) in COMMANDS.items():
            taken = seconds(arguments, environment)
            told = f"  (reach {reach} s)" if reach else ""
            print(f"{name:30} {taken:6.3f} s CPU  {taken / floor:5.1f} x{told}", flush=True)


if __name__ == "__main__":
    main()
