"""On what the other benchmarks run: processor, load, versions. `python -m bench.machine` prints them as two lines."""

import os
import platform
import sys
from importlib.metadata import version

PACKAGES = ("numpy", "scipy", "Flask", "SQLAlchemy", "waitress", "psycopg")


def processor() -> str:
    """The processor's model, as the system names it."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            models = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
    except OSError:
        models = []
    return models[0] if models else platform.processor() or platform.machine()


def main() -> None:
    """The two lines."""
    loads = " ".join(f"{load:.1f}" for load in os.getloadavg())
    print(f"{processor()}, {os.cpu_count()} cores, load {loads}")
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    print(f"Python {sys.version.split()[0]}, {packages}", flush=True)


if __name__ == "__main__":
    main()
