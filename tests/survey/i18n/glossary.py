"""Glossary of the interface and the shipped bank: one word for one thing, and words that are not used, with why."""

import re
from typing import NamedTuple


class Term(NamedTuple):
    """What a thing is called: where `english` is found, the translation has `ukrainian`; both are patterns."""

    english: str
    ukrainian: str

    def missing(self, english: str, told: str) -> bool:
        """Whether the English names the thing and the translation does not call it by its word."""
        return bool(_found(self.english, re.sub(r"%\(\w+\)s", "", english))) and not _found(
            self.ukrainian, told
        )


class Forbidden(NamedTuple):
    """A pattern of what is not written, what is written in its place or why, and one text that it catches."""

    pattern: str
    why: str
    caught: str

    def in_text(self, text: str) -> bool:
        """Whether it stands in the text, in whatever case."""
        return bool(_found(self.pattern, text))


def _found(pattern: str, text: str) -> re.Match[str] | None:
    return re.search(pattern, text, re.IGNORECASE)


#: English term and the one Ukrainian word for it. Several words stand only where the grammar asks for them.
TERMS = (
    Term(r"\bcrowd forecasts?\b", r"прогноз\w* спільноти"),
    Term(r"\bmedians?\b", r"медіан"),
    Term(r"\bquantiles?\b", r"квантил"),
    Term(r"\bodds\b", r"шанс"),
    Term(r"\bscenarios?\b", r"сценарі"),
    Term(r"\bsnapshots?\b", r"знім"),
    Term(r"\bpreregistr", r"попередн\w+ реєстрац"),
    Term(r"\bconsent\b", r"згод"),
    Term(r"\bpseudonyms?\b", r"псевдонім"),
    Term(r"\bpasskeys?\b", r"ключ\w* доступу"),
    Term(r"\bphishing\b", r"фішинг"),
    Term(r"\btokens?\b", r"токен"),
    # Three acts that are easily mixed: a forecast or an answer, a link or a token, an editor's change.
    Term(r"\bwithdr(?:aw|ew)", r"відклик"),
    Term(r"\brevok", r"відклик|відклич"),
    Term(r"\bundo\b|\bundone\b", r"скас"),
    # And three ends: of an address or a draft, of a part of a survey, of everything a person gave.
    Term(r"\bdeleted?\b", r"видал"),
    Term(r"^taken out\b|\bwas taken out\b", r"вилуч"),
    Term(r"\berased?\b", r"ст[еи]р|зітр"),
)

#: In the bank a ceasefire, an agreement or an act takes effect; only treaties enter into force («набути чинності»).
TAKES_EFFECT = Term(r"\b(?:takes?|took|taking) effect\b", r"діяти|діял|дії")

#: Not written in Ukrainian, in the interface and in the bank.
UKRAINIAN = (
    Forbidden(r"\bозначен", "«визначення», «визначено»", "за означенням нижче"),
    Forbidden(r"\bопублік", "«оприлюднити», the same as for figures", "Опублікувати зміни"),
    Forbidden(r"\bдолуч", "«приєднатися»", "хто щойно долучився"),
    Forbidden(r"\bклітин", "«комірка» of a table", "лишіть клітинку порожньою"),
    Forbidden(r"\bпереобчисл", "«обчислити наново»", "можна переобчислити"),
    Forbidden(r"s із (?:%\(|\d)", "before a number «з»", "%(done)s із %(total)s"),
    Forbidden(r"розвʼязан\w+ (?:за)?питан", "a question has a result", "на розвʼязаних питаннях"),
    Forbidden(r"невизначеність числа|числа спільноти", "«прогнозу спільноти»", "невизначеність числа"),
    Forbidden(r"розкид людей", "«розкид прогнозів»: people are not spread", "розкид людей: середня половина"),
    Forbidden(r"спільнота\b[^.]* сказала б", "a crowd «дала б прогноз»", "Інша спільнота сказала б"),
    Forbidden(r"жодн\w+ [^.,:;]*припинення вогню[^.,:;]* не ", "a calque", "Жодне припинення вогню не почне"),
    Forbidden(r"прийма(?:є|ють|ти|в|ла|ли) участь", "«брати участь»", "хто приймає участь"),
    Forbidden(r"\bявля(?:єть|ють|ти)ся", "«є»", "він являється учасником"),
    Forbidden(
        r"на протязі|по крайній мірі|в якості|у якості", "«протягом», «принаймні», «як»", "на протязі дня"
    ),
    Forbidden(r"слідуюч|\bнаступним чином", "«такий», «так»", "слідуючий крок"),
    Forbidden(r"\bспівпада", "«збігатися»", "числа співпадають"),
    Forbidden(r"\bвідміни", "«скасувати»", "Відмінити зміну"),
    Forbidden(r"\bлюб(?:ий|ого|ому|им|ої|а)\b", "«будь-який»", "в любий час"),
    Forbidden(r"\bтак як\b", "«бо», «оскільки»", "так як закрито"),
    Forbidden(r"[“”„]|[а-яіїєґ]['’`][а-яіїєґ]", "«…» and ʼ", "обов’язково"),
    Forbidden(
        r"(?-i:(?<=[а-яіїєґ,] )(?:Ви|Вас|Вам|Вами|Ваш(?:а|е|і|у|ого|ому|им|ими|их|ій|ою)?)\b)",
        "«ви» has a small letter",
        "якщо Ви згодні",
    ),
    Forbidden(
        r"\d{1,2}\s(?:січ|лют|берез|квіт|трав|черв|лип|серп|верес|жовт|листопад|груд)\w*\s\d{4}(?!\sрок)",
        "a date in a sentence says «року»",
        "до 31 грудня 2027",
    ),
)

#: In the interface alone: in the bank there are questions of security too, «питання».
INTERFACE = (
    Forbidden(
        r"(?<!знак )\bпитан(?:ня|ню|ням|нями|нях|ь)\b", "what is asked is a «запитання»", "Імпорт питань"
    ),
)

#: Not written in English: in the interface, in a consent, in README and SECURITY.
ENGLISH = (
    Forbidden(
        r"\bletters?\b(?!,? (?:and )?digits| a to z| from a to z| of two alphabets)",
        "an email; of a text: characters",
        "A letter is on its way.",
    ),
    Forbidden(r"\be-mail", "email", "E-mail address"),
    Forbidden(
        r"\b(?:took|takes?|taken|taking)(?: \w+){0,3} back\b",
        "withdraw a forecast, undo a change, revoke a link",
        "You took your forecast back",
    ),
    Forbidden(r"\bsteal by\b", "phishing", "steal by a letter"),
    Forbidden(r"[,:] for (?:they|it|too|those|their|nobody|who)\b", "because", "Withheld, for they are few"),
    Forbidden(r"\bDo the ways\b|\bThe ways\b", "routes", "Do the ways agree?"),
    Forbidden(r"\bneed no more\b", "no longer need", "Revoke one you need no more."),
)

#: In the interface alone, where a reader wants to know at once who is meant.
PLAIN = (
    Forbidden(r"\bwhoever\b", "people who, the person who, anybody with", "Whoever has the link"),
    Forbidden(
        r"\b(?:is|are) no (?:number|text|JSON|list|path|table)\b", "is not a …", "The file is no text."
    ),
)
