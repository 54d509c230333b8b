"""`datapackage.json`: a Data Package of Frictionless, version 2, https://datapackage.org/standard/data-package/."""

import json
from typing import Any

from .declaration import Column
from .description import Description, File
from .examples import example_of

SCHEMAS = "https://datapackage.org/profiles/2.0"


def text(told: Description) -> str:
    """The package's descriptor."""
    return f"{json.dumps(_package(told), indent=1, ensure_ascii=False)}\n"


def _package(told: Description) -> dict[str, Any]:
    names = {file.table.name for file in told.files}
    return {
        "$schema": f"{SCHEMAS}/datapackage.json",
        "name": told.name,
        "title": told.title,
        "description": told.summaries[told.languages[0]],
        "version": f"{told.number}.0.0",
        # The standard wants a moment (RFC 3339), and a snapshot tells days alone.
        "created": f"{told.created.isoformat()}T00:00:00Z",
        **({"homepage": told.address} if told.address.startswith("http") else {}),
        "contributors": [{"title": told.organizer, "roles": ["creator"]}],
        "licenses": [_licence(told)],
        "resources": [_resource(file, names, tuple(told.languages)) for file in told.files],
    }


def _licence(told: Description) -> dict[str, str]:
    name, words, address = told.licence.name, told.licence.words, told.licence.address
    return {"name": name, "title": words, **({"path": address} if address else {})}


def _resource(file: File, names: set[str], languages: tuple[str, ...]) -> dict[str, Any]:
    foreign = [
        {
            "fields": list(one.columns),
            "reference": {"resource": one.table, "fields": list(one.of)},
        }
        for one in file.table.references
        if one.table in names
    ]
    return {
        "$schema": f"{SCHEMAS}/dataresource.json",
        "name": file.table.name,
        "path": file.table.file,
        "type": "table",
        "title": file.table.meaning,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": file.size,
        # Not of the standard, which leaves room for more: how long a table is, without reading it.
        "rows": file.rows,
        "hash": f"sha256:{file.sha256}",
        "schema": {
            "$schema": f"{SCHEMAS}/tableschema.json",
            "fields": [
                _field(column, example_of(column, languages), file.share_empty(place))
                for place, column in enumerate(file.columns)
            ],
            # A text, as the standard says: the profile of 2.0 asks for a list by mistake, that of 2.1 does not.
            "fieldsMatch": "exact",
            "missingValues": [""],
            # A key of which a part may be empty names a row as well, but is none of this standard.
            **({"primaryKey": list(file.table.key)} if _is_whole(file) else {}),
            **({"foreignKeys": foreign} if foreign else {}),
        },
    }


def _is_whole(file: File) -> bool:
    return {column.name for column in file.columns if column.required}.issuperset(file.table.key)


def _field(column: Column, example: str, share_empty: float) -> dict[str, Any]:
    constraints: dict[str, Any] = {"required": True} if column.required else {}
    if column.values:
        constraints["enum"] = list(column.values)
    ends = {"minimum": column.least, "maximum": column.most}
    constraints |= {name: end for name, end in ends.items() if end is not None}
    labels = [{"value": code, "label": label} for code, label in column.values.items()]
    formats = {"datetime": "%Y-%m-%dT%H:%M:%SZ"}
    return {
        "name": column.name,
        "type": column.type,
        **({"format": formats[column.type]} if column.type in formats else {}),
        # By default readers would take 1 and 0 for truths as well.
        **({"trueValues": ["true"], "falseValues": ["false"]} if column.type == "boolean" else {}),
        "description": column.meaning,
        "example": example,
        # Not of the standard, as `rows`.
        "shareEmpty": share_empty,
        **({"unit": column.unit} if column.unit else {}),
        **({"categories": labels} if labels else {}),
        **({"constraints": constraints} if constraints else {}),
    }
