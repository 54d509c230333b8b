"""Words by language that a question does without, and words that it needs: one pattern for each purpose.

A language that is not here is checked for form alone: an unknown word is no fault.
"""

import re
from collections.abc import Mapping

Patterns = Mapping[str, re.Pattern[str]]


def _patterns(**words: str) -> Patterns:
    """Alternatives, one a line, that begin and end at a word's border; a language to a pattern."""
    return {
        language: re.compile(
            r"(?<!\w)(?:" + "|".join(line.strip() for line in lines.strip().splitlines()) + r")(?!\w)",
            re.IGNORECASE,
        )
        for language, lines in words.items()
    }


#: Two readers would draw the line at different places.
#: “How many” asks for a number: it is the one “many” that leaves nothing to the reader.
VAGUE = _patterns(
    en=r"""
        significant(?:ly)?
        major
        substantial(?:ly)?
        considerabl[ey]
        serious(?:ly)?
        meaningful(?:ly)?
        notabl[ey]
        dramatic(?:ally)?
        drastic(?:ally)?
        sharply
        widespread
        large-scale
        soon
        shortly
        (?:un)?likely
        probabl[ey]
        recent(?:ly)?
        in the (?:near|foreseeable) future
        in the coming (?:days|weeks|months|years)
        (?:around|about|approximately|roughly|circa|some|nearly|almost)\s+(?:[€$£]?\d[\d.,]*)
        approximately
        roughly
        frequent(?:ly)?
        regularly
        sufficient(?:ly)?
        adequate(?:ly)?
        reasonabl[ey]
        credibl[ey]
        (?<!how\ )(?<!however\ )many
        a few
    """,
    uk=r"""
        значн\w+
        суттєв\w+
        істотн\w+
        вагом\w+
        серйозн\w+
        помітн\w+
        масштабн\w+
        широкомасштабн\w+
        великомасштабн\w+
        різк\w+
        скоро
        незабаром
        невдовзі
        найближчим\ часом
        у\ найближч\w+\ (?:дні|тижні|місяці|роки)
        (?:мало|най)?[йі]мовірн(?:о|ий|а|е|і|ого|ої|их)
        мабуть
        нещодавн\w+
        недавн\w+
        останнім\ часом
        (?:близько|приблизно|орієнтовно|майже|десь)\s+[€$£]?\d[\d,]*
        приблизно
        орієнтовно
        регулярно
        часто
        достатн(?:ій|я|є|і|ього|ьої|іх|ьо)
        належн(?:ий|а|е|і|им|ою|о)
        багато
        декілька
    """,
)

#: A year as a bound: with it, or without it?
BARE_YEAR = _patterns(
    en=r"(?:by|until|till|through)\s+(?:19|20)\d\d(?!-)",
    uk=r"(?:до|по)\s+(?:19|20)\d\d(?!-)(?:\s+рок[уи])?",
)

#: Words that take a side, or lead.
LOADED = _patterns(
    en=r"""
        regimes?
        so-called
        puppets?
        aggressors?
        terrorists?
        propaganda
        brutal(?:ly)?
        barbaric
        heroic(?:ally)?
        ironclad
        reckless(?:ly)?
        shocking(?:ly)?
        disastrous(?:ly)?
        inevitabl[ey]
        obviously
        of\ course
        surely
        unfortunately
        fortunately
        finally
        merely
        intransigen\w+
        appeasement
        refuses?\ to
        admits?\ that
        don['’]t\ you
        isn['’]t\ it
        do\ you\ agree
    """,
    uk=r"""
        режим(?:у|ом|и|ів)?
        так\ зван\w+
        маріонетк\w+
        агресор\w*
        терорист(?:и|ів|ам|ами|ом|а)?
        пропаганд\w+
        варварськ\w+
        жорсток\w+
        героїчн\w+
        залізобетонн\w+
        безрозсудн\w+
        катастрофічн\w+
        неминуч\w+
        очевидно
        звісно
        звичайно
        на\ жаль
        на\ щастя
        нарешті
        усього\ лише
        хіба
        невже
        чи\ не\ так
        чи\ згодні\ ви
    """,
)

#: A background that says what ought to be.
ARGUES = _patterns(
    en=r"should|ought\ to|must|clearly|undoubtedly|it\ is\ (?:clear|obvious)\ that",
    uk=r"слід|треба|варто|мусить|мусять|повинн\w+|безперечно|безсумнівно|зрозуміло,\ що|очевидно,\ що",
)

#: Two things asked at once.
DOUBLE = _patterns(
    en=r"and/or|(?:and|or)\s+will|and\ also|as\ well\ as",
    uk=r"та/або|і/або|й/або|(?:і|та|й|або)\s+чи|а\ також",
)

#: A negation; two in one clause must be worked out.
NEGATION = _patterns(
    en=r"not|no|never|neither|nor|without|nobody|nothing|fails?\ to|cannot|(?:do|does|did|wo|is|are|ca)n['’]t",
    uk=r"не|ні|немає|ніколи|без|ніхто|ніщо|жоден|жодн\w+",
)
#: One idea said as the denial of its opposite.
DOUBLE_NEGATION = _patterns(
    en=r"not\s+(?:un(?!i|t|d)\w+|impossible|improbable|without)|never\s+without|cannot\s+not|fails?\s+not",
    uk=r"не\s+(?:неможлив\w+|малоймовірн\w+|без(?:\s+\w+))|не\s+(?:може|можна|могли?)\s+не",
)

#: What nobody could see, not even somebody who sees all that happens: aims, beliefs, what would have been.
UNKNOWABLE = _patterns(
    en=r"""
        intends?
        intentions?
        believes?
        wants?\ to
        is\ willing
        secretly
        in\ secret
        motives?
        would\ have
        widely\ (?:seen|regarded|considered|believed)
        (?:is|are)\ (?:perceived|seen)\ as
        most\ people
        experts?\ agree
        in\ the\ opinion\ of
    """,
    uk=r"""
        намір(?:у|и|ів|ом)?(?!\ не)
        вірить
        вірять
        прагне
        прагнуть
        таємно
        мотив(?:у|и|ів|ом)?
        вважа(?:тимуть|тиметься|ється)
        сприйма(?:тимуть|тиметься|ється)
        більшість\ людей
        експерти\ погоджуються
        на\ думку
        насправді
    """,
)

#: A comparison, which needs what it compares with.
COMPARISON = _patterns(
    en=r"at\ least|more\ than|less\ than|fewer\ than|exceeds?|no\ more\ than|no\ less\ than",
    uk=r"щонайменше|принаймні|понад|більш(?:е\ ніж|\ як)|менш(?:е\ ніж|\ як)|перевищу\w+",
)
#: A number in words, or a share.
NUMBER = _patterns(
    en=r"one|two|three|four|five|six|seven|eight|nine|ten|twelve|half|third|a|an|any|twice|the\ following",
    uk=r"один|одн\w+|дв[аіоу]\w*|тр[иьо]\w*|чотир\w+|п['ʼ’]ят\w+|шіст\w+|сім|вісім|дев['ʼ’]ят\w+|десят\w+|половин\w+|третин\w+|рік|день|місяць|тиждень",
)

#: What happens to what is told late, or is corrected.
LATE = _patterns(
    en=r"evidence|published|reported|correct(?:s|ed|ions?)|revis(?:ed|ions?)|late",
    uk=r"доказ\w*|оприлюднен\w*|опублікован\w*|повідомлен\w*|випра\w+|перегля\w+|пізніш\w*",
)
#: What decides between two.
TIES = _patterns(
    en=r"exactly|ties?|equals?|round(?:ed|ing)|first|decides?|highest|lowest|latest|last|in\ this\ order|counts?",
    uk=r"рівно|нічи[яюєї]|однаков\w+|округл\w+|перш\w+|виріш\w+|найвищ\w+|останн\w+|у\ цьому\ порядку|зарахов\w+",
)

#: An option, or a last test, that takes whatever the others leave.
REST = _patterns(
    en=r"other(?:wise)?|another|none|nothing|neither|anything\ else|everything\ else|all\ other\ cases|at\ most|else",
    uk=r"інш\w+|жоден|жодн\w+|нічого|решта|щонайбільше|усе\ інше|все\ інше|ніщо",
)

#: A zone that every reader knows.
ZONE = re.compile(r"(?<!\w)(?:UTC|GMT)(?!\w)")
