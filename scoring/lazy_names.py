"""Public names of a package, each imported when it is first asked for (PEP 562).

`import scoring` takes no longer than an empty file, and `scoring.brier` loads one module. Type checkers read the
imports beside: they see the same names, and refuse any other.
"""

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module


def lazily(
    package: str, names: Mapping[str, Iterable[str]], modules: Iterable[str] = ()
) -> tuple[Callable[[str], object], Callable[[], list[str]], list[str]]:
    """What a package's `__getattr__`, `__dir__` and `__all__` are.

    Parameters
    ----------
    package
        The package's full name.
    names
        Each module of the package with the names it gives.
    modules
        Modules and packages inside that give no name here, but may be asked for whole.

    Raises
    ------
    AttributeError
        From the first of the three, for a name that is not among them. Where another library has it, it is told
        what stands here in its place.

    Examples
    --------
    >>> found, listed, names = lazily("scoring", {"rules": ["brier"]}, ["pools"])
    >>> float(found("brier")(1, 0.5)), names
    (0.5, ['brier', 'pools'])
    """
    home = {name: module for module, given in names.items() for name in given}
    whole = {*names, *modules}
    public = sorted({*home, *modules})

    def find(name: str) -> object:
        if name in home:
            return getattr(import_module(f"{package}.{home[name]}"), name)
        if name in whole:
            return import_module(f"{package}.{name}")
        from scoring.foreign_names import instead

        hint = f"; it is {better}" if (better := instead(name)) else ""
        raise AttributeError(f"module {package!r} has no attribute {name!r}{hint}")

    return find, lambda: public, public
