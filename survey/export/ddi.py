"""`ddi.xml`: the codebook for archives, https://ddialliance.org/Specification/DDI-Codebook/2.5/."""

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from .declaration import Column
from .description import Description, File

NAMESPACE = "ddi:codebook:2_5"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
LOCATION = f"{NAMESPACE} https://ddialliance.org/Specification/DDI-Codebook/2.5/XMLSchema/codebook.xsd"
UNIVERSE = "People who agreed to the survey's consent and forecast or skipped at least one question"
ASKED_OF = "People whose forecast of this question stood at the end of the snapshot's last day"
#: Of a column's type: character or numeric, and its category.
FORMATS = {
    "string": ("character", "other"),
    "integer": ("numeric", "other"),
    "number": ("numeric", "other"),
    "boolean": ("character", "other"),
    "date": ("character", "date"),
    "datetime": ("character", "time"),
}


def text(told: Description) -> str:
    """The whole document, indented."""
    root = Element(
        "codeBook",
        {
            "xmlns": NAMESPACE,
            "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
            "xsi:schemaLocation": LOCATION,
            "version": "2.5",
        },
    )
    _citation(SubElement(root, "docDscr"), told, f"Codebook of {told.title}")
    _study(SubElement(root, "stdyDscr"), told)
    for place, file in enumerate(told.files, start=1):
        _file(SubElement(root, "fileDscr", {"ID": f"F{place}"}), file)
    data = SubElement(root, "dataDscr")
    for place, file in enumerate(told.files, start=1):
        for at, column in enumerate(file.columns, start=1):
            # An ID of XML begins with a letter and comes once in a document: a column's name is in many tables.
            attributes = {"ID": f"F{place}V{at}", "name": column.name, "files": f"F{place}"}
            _variable(SubElement(data, "var", attributes), column)
    indent(root, " ")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _said(above: Element, name: str, words: str, **attributes: str) -> Element:
    made = SubElement(above, name, attributes)
    made.text = words
    return made


def _citation(above: Element, told: Description, title: str) -> None:
    citation = SubElement(above, "citation")
    titles = SubElement(citation, "titlStmt")
    _said(titles, "titl", title)
    for language in told.languages[1:]:
        _said(titles, "parTitl", told.titles[language]).set(LANG, language)
    _said(titles, "IDNo", told.name, agency="Parley")
    _said(SubElement(citation, "rspStmt"), "AuthEnty", told.organizer)
    made = SubElement(citation, "prodStmt")
    _said(made, "prodDate", told.created.isoformat(), date=told.created.isoformat())
    _said(made, "software", "Parley", version=told.version)
    given = SubElement(citation, "distStmt")
    contact = told.contacts[told.languages[0]].strip()
    if contact:
        _said(given, "contact", contact)
    _said(given, "distDate", told.created.isoformat(), date=told.created.isoformat())


def _study(study: Element, told: Description) -> None:
    _citation(study, told, told.title)
    info = SubElement(study, "stdyInfo")
    for language in told.languages:
        if told.summaries[language].strip():
            _said(info, "abstract", told.summaries[language]).set(LANG, language)
    summary = SubElement(info, "sumDscr")
    for event, day in (("start", told.opens), ("end", told.as_of)):
        _said(summary, "collDate", day.isoformat(), event=event, date=day.isoformat())
    _said(summary, "anlyUnit", "Forecasts of individuals")
    _said(summary, "universe", UNIVERSE)
    _said(summary, "dataKind", "Simulated answers" if told.simulated else "Survey data")
    collection = SubElement(SubElement(study, "method"), "dataColl")
    _said(collection, "collMode", "Web-based questionnaire, filled in by people themselves")
    _said(collection, "resInstru", "Structured questionnaire: probabilities, quantiles and reasons")
    use = SubElement(SubElement(study, "dataAccs"), "useStmt")
    _said(use, "conditions", told.licence.sentence)


def _file(made: Element, file: File) -> None:
    said = SubElement(made, "fileTxt")
    _said(said, "fileName", file.table.file)
    _said(said, "fileCont", file.table.meaning)
    sizes = SubElement(said, "dimensns")
    _said(sizes, "caseQnty", str(file.rows))
    _said(sizes, "varQnty", str(len(file.columns)))
    _said(said, "fileType", "CSV, UTF-8, RFC 4180")


def _variable(made: Element, column: Column) -> None:
    # The schema is a sequence, in which the range stands between a question's words and who was asked.
    _said(made, "labl", column.meaning)
    if column.asked:
        asked = SubElement(made, "qstn")
        for language, words in column.asked.items():
            _said(asked, "qstnLit", words).set(LANG, language)
    ends = {"min": column.least, "max": column.most}
    if any(end is not None for end in ends.values()):
        found = {name: f"{end:g}" for name, end in ends.items() if end is not None}
        SubElement(SubElement(made, "valrng"), "range", found)
    if column.asked:
        _said(made, "universe", ASKED_OF)
    for code, label in column.values.items():
        category = SubElement(made, "catgry")
        _said(category, "catValu", code)
        _said(category, "labl", label)
    kind, category_ = FORMATS[column.type]
    schema = "ISO" if category_ in ("date", "time") else "other"
    _said(made, "varFormat", column.type, type=kind, schema=schema, category=category_)
