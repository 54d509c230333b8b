"""Which passwords are too easy to guess: those that are nothing but common words, runs, repeats and years."""

import re

#: In a list of what people choose most, nearly all begin or end with one of these.
COMMON = (
    "password", "passwort", "passwd", "passw0rd", "p@ssw0rd", "p@ssword", "parola", "пароль", "qwertyuiop",
    "qwerty", "qwertz", "azerty", "йцукенг", "йцукен", "asdfghjkl", "asdfgh", "zxcvbnm", "zxcvbn", "letmein",
    "welcome", "iloveyou", "sunshine", "princess", "football", "baseball", "basketball", "superman", "batman",
    "dragon", "monkey", "master", "shadow", "michael", "jennifer", "charlie", "trustno1", "starwars", "whatever",
    "freedom", "admin", "administrator", "login", "secret", "changeme", "default", "computer", "internet",
    "ukraine", "україна", "слава", "kyiv", "parley", "forecast", "survey",
)  # fmt: skip
RUNS = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя")
#: Letters or digits that have to be left once all that is easy is taken away.
LEAST_LEFT = 4
#: Bytes, before anything is computed of them: to compose and hash megabytes costs the server more than it protects
#: anybody. The 128 characters are counted afterwards, by Flask-Security.
LONGEST = 1024


def is_common(password: str) -> bool:
    """Whether a password is among those that are tried first.

    >>> is_common("password123456"), is_common("Qwerty-2026-2026"), is_common("aaaaaaaaaaaaaa")
    (True, True, True)
    >>> is_common("correct horse battery"), is_common("пароль-довгий-2026")
    (False, False)
    """
    left = password.casefold()
    # The longest first: of “administrator” its beginning alone would go, and the rest count as somebody's own.
    for word in sorted(COMMON, key=len, reverse=True):
        left = left.replace(word, " ")
    left = re.sub(r"(19|20)\d\d", " ", left)
    left = re.sub(r"(.)\1{2,}", " ", left)
    left = re.sub(r"[^\W_]{3,}", _without_runs, left)
    return len(set(re.findall(r"[^\W_]", left))) < LEAST_LEFT


def _without_runs(found: re.Match[str]) -> str:
    """Nothing in the place of letters that follow one another, forwards or backwards."""
    text = found[0]
    return "" if any(text in run or text[::-1] in run for run in RUNS) else text
