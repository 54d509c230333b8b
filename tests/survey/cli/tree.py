"""Every command, as it is typed where everything is well."""

from collections.abc import Iterator

import click

from survey.cli import main

#: `{folder}` is one that the test may write to. A command that is added without a line here fails the test.
TYPED = {
    "audit export": "ukraine",
    "audit verify": "ukraine",
    "backup": "{folder}/made.tar.gz",
    "bank check": "",
    "bank load": "",
    "bundle convert": "{folder}/none.zip --to=sav",
    "bundle recompute": "{folder}/none.zip",
    "bundle verify": "{folder}/none.zip",
    "db check": "",
    "db downgrade": "base --yes",
    "db upgrade": "",
    "demo": "--people=2",
    "invite": "ukraine --batch=one",
    "key list": "",
    "key rotate": "--yes",
    "notify": "",
    "publish": "",
    "resolve approve": "ukraine 1 --by=ben@example.org",
    "resolve list": "ukraine",
    "resolve propose": "ukraine leaders-meet yes --known-from=2026-11-22T10:00 --source=Reuters --by=ann@example.org",
    "resolve refuse": "ukraine 1 --reason=Unclear --by=ben@example.org",
    "resolve withdraw": "ukraine 1 --by=ann@example.org",
    "restore": "{folder}/none.tar.gz",
    "run": "",
    "settings": "",
    "snapshot freeze": "ukraine",
    "snapshot report": "ukraine",
    "survey archive": "ukraine",
    "survey check": "ukraine",
    "survey delete": "ukraine --yes",
    "survey duplicate": "ukraine copy",
    "survey export": "ukraine {folder}/ukraine.json",
    "survey import": "ukraine --slug=imported",
    "survey list": "",
    "survey new": "begun --title=Begun",
    "survey open": "ukraine",
    "survey preregistration": "ukraine --folder={folder}",
    "survey show": "ukraine",
    "task cancel": "1",
    "task list": "",
    "task run": "1",
    "token create": "ann@example.org --survey=ukraine",
    "user create": "ann@example.org --owner-of=ukraine",
    "user link": "ann@example.org",
    "user list": "",
    "validate": "{folder}",
    "work": "",
}


def leaves(group: click.Group = main, *before: str) -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, with its words."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from leaves(command, *before, name)
        else:
            yield " ".join([*before, name]), command


COMMANDS = dict(leaves())
