"""`croissant.json`: schema.org/Dataset with Croissant 1.0, https://docs.mlcommons.org/croissant/docs/croissant-spec.html."""

import json
from typing import Any

from .description import Description, File

TYPES = {
    "string": "sc:Text",
    "integer": "sc:Integer",
    "number": "sc:Float",
    "boolean": "sc:Boolean",
    "date": "sc:Date",
    "datetime": "sc:DateTime",
}
#: The context that the specification prescribes, word for word.
CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def text(told: Description) -> str:
    """The description as JSON-LD."""
    found = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": told.name,
        "alternateName": told.title,
        "description": told.summaries[told.languages[0]] or told.title,
        # Three numbers, as of Semantic Versioning, which the specification asks for: a snapshot has no patches.
        "version": f"{told.number}.0.0",
        "datePublished": told.created.isoformat(),
        "dateCreated": told.created.isoformat(),
        "temporalCoverage": f"{told.opens.isoformat()}/{told.as_of.isoformat()}",
        "inLanguage": list(told.languages),
        "creator": {"@type": "sc:Organization", "name": told.organizer},
        "license": told.licence.address or told.licence.words,
        "citeAs": told.citation,
        **({"url": told.address} if told.address.startswith("http") else {}),
        "isLiveDataset": False,
        "distribution": [_object(file) for file in told.files],
        "recordSet": [_records(file) for file in told.files],
    }
    return f"{json.dumps(found, indent=1, ensure_ascii=False)}\n"


def _object(file: File) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": file.table.file,
        "name": file.table.file,
        "description": file.table.meaning,
        "contentUrl": file.table.file,
        "contentSize": f"{file.size} B",
        "encodingFormat": "text/csv",
        "sha256": file.sha256,
    }


def _records(file: File) -> dict[str, Any]:
    name = file.table.name
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": file.table.meaning,
        "key": [{"@id": f"{name}/{column}"} for column in file.table.key],
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{name}/{column.name}",
                "name": column.name,
                "description": column.meaning,
                "dataType": TYPES[column.type],
                "source": {"fileObject": {"@id": file.table.file}, "extract": {"column": column.name}},
            }
            for column in file.columns
        ],
    }
