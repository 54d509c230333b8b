"""Reads the rules of a survey and the keys of its themes."""

from zoneinfo import ZoneInfo

from ..i18n.codes import language_fault, slug_fault
from ..i18n.locale import gettext as _
from ..models.licence import LICENCES, NOT_STATED, OWN_WORDS
from ..models.survey import PUBLICATIONS, READERS, REVEALS, VISIBILITIES
from .base_rates import is_safe_link
from .content import Settings
from .tables import Table

#: A survey of so many people would tell nothing of fewer; beyond lies a slip of the keyboard.
LARGEST_CELL = 1000
#: So many days after a publication nobody waits for it any more.
MOST_DAYS = 365
#: Characters of own words about a licence, and of an address.
LONGEST_LICENCE = 1_000
_KEYS = tuple(Settings.__dataclass_fields__)


def read_settings(table: Table) -> Settings:
    """The rules of the survey, under the names they are stored by."""
    table.only(_KEYS)
    settings = Settings(
        slug=table.text("slug"),
        opens=table.moment("opens"),
        closes=table.moment("closes"),
        visibility=table.choice("visibility", VISIBILITIES, "public"),
        reveal=table.choice("reveal", REVEALS, "after answering"),
        reveal_unit=table.choice("reveal_unit", ("tied", "single"), "tied"),
        publication=table.choice("publication", PUBLICATIONS, "batched"),
        minimum_cell=table.count("minimum_cell", 10),
        protected=table.truth("protected", False),
        lowest_probability=table.number("lowest_probability", 0.001),
        highest_probability=table.number("highest_probability", 0.999),
        explain_change=table.number("explain_change", 0.2),
        zone=table.text("zone", "UTC"),
        languages=_languages(table),
        base_rates_before=table.truth("base_rates_before", False),
        readers=table.choice("readers", READERS, "nobody"),
        readers_days=table.count("readers_days", 7),
        licence=table.choice("licence", LICENCES, NOT_STATED),
        licence_words=table.text("licence_words", "", LONGEST_LICENCE),
        licence_address=table.text("licence_address", "", LONGEST_LICENCE),
    )
    _check_settings(table, settings)
    return settings


def _languages(table: Table) -> tuple[str, ...]:
    """The codes that can be codes: each names a file beside this one."""
    codes = table.items("languages", str, "language codes")
    for code in codes:
        if language_fault(code):
            table.fault("languages", f"must be of codes such as en or pt_BR, got {code!r}")
    return tuple(code for code in codes if not language_fault(code))


def _check_settings(table: Table, settings: Settings) -> None:
    if table.is_sound("slug") and slug_fault(settings.slug):
        table.fault("slug", f"must be of small letters, digits and hyphens, got {settings.slug!r}")
    if table.is_sound("opens", "closes") and settings.opens >= settings.closes:
        table.fault("closes", _("must be after the survey opens, %(day)s", day=f"{settings.opens:%Y-%m-%d}"))
    if settings.publication == "live" and settings.visibility != "invited":
        # Whoever makes people up, and sees every one of their answers tell, reads the next by subtraction.
        table.fault(
            "publication",
            _('live is for surveys by invitation; where anybody may join, "batched" or "at close"'),
        )
    _check_readers(table, settings)
    _check_licence(table, settings)
    if settings.minimum_cell < 5:
        table.fault("minimum_cell", _("must be 5 or more, got %(number)s", number=settings.minimum_cell))
    if settings.minimum_cell > LARGEST_CELL:
        table.fault(
            "minimum_cell",
            _("must be %(most)s or less, got %(number)s", most=LARGEST_CELL, number=settings.minimum_cell),
        )
    if not 0 < settings.lowest_probability < settings.highest_probability < 1:
        table.fault(
            "lowest_probability", _("must be above 0 and below highest_probability, that one below 1")
        )
    if not 0 < settings.explain_change <= 1:
        table.fault("explain_change", f"must be above 0 and at most 1, got {settings.explain_change:g}")
    try:
        ZoneInfo(settings.zone)
    except (KeyError, ValueError):
        table.fault("zone", _("there is no time zone %(zone)s", zone=repr(settings.zone)))


def _check_readers(table: Table, settings: Settings) -> None:
    if settings.readers != "nobody" and settings.reveal == "organizers only":
        table.fault(
            "readers", _("everybody would see what participants never do; change one of the two settings")
        )
    if settings.readers == "after days" and settings.publication == "live":
        table.fault("readers", _("nothing is published in a live survey that could be shown some days later"))
    if not 1 <= settings.readers_days <= MOST_DAYS:
        table.fault(
            "readers_days",
            _("must be 1 to %(most)s, got %(number)s", most=MOST_DAYS, number=settings.readers_days),
        )


def _check_licence(table: Table, settings: Settings) -> None:
    if settings.licence == OWN_WORDS and not settings.licence_words:
        table.fault("licence_words", _("say here what may be done with the data, or choose a licence"))
    if settings.licence_address and not is_safe_link(settings.licence_address):
        table.fault("licence_address", _("must be an address that begins with https://"))


def read_themes(structure: Table) -> tuple[str, ...]:
    """The keys of the themes, in their order."""
    themes: dict[str, None] = {}
    for table in structure.tables("theme"):
        table.only(("key",))
        themes[table.name("key", themes)] = None
    return tuple(themes)
