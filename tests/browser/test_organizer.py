"""One organizer's story in a real browser: from an account by a survey to answers and a reminder."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import cast

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Playwright, expect

from survey import clock
from survey.services import accounts, invitation_letters
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.conftest import TODAY
from tests.survey.notifications.conftest import links_in
from tests.survey.web.visitor import value

from .chromium import DESK, PHONE, Complaints
from .test_editor import OLENA, PASSWORD, TARAS, fill

pytestmark = pytest.mark.browser

WRITE, RUN = "/write/winter", "/s/winter/organize"
INVITED = [f"guest{number:03}@example.org" for number in range(200)]
ANSWERING = 12

LAST_DAY = "2027-12-31"
CRITERIA = (
    "By the records of the weather service, 00:00 UTC on 1 January 2027 to 23:59:59 UTC on 31 December 2027."
)
PUBLISHERS = "Метеослужба|Рейтер"
OPTIONS = "до 31 жовтня 2027|до 31 грудня 2027"
IN_UKRAINIAN = "За даними метеослужби, з 00:00 UTC 1 січня 2027 року до 23:59:59 UTC 31 грудня 2027 року."

#: Key, kind, title, and the facts that only its kind has: what she writes by hand, a question of five kinds.
OWN: list[tuple[str, str, str, dict[str, str]]] = [
    ("rain", "binary", "Will it rain in Kyiv on 31 December 2027?", {"deadline": LAST_DAY}),
    (
        "season",
        "choice",
        "Which season of 2027 will be the wettest?",
        {"deadline": LAST_DAY, "options": "spring\nsummer\nautumn"},
    ),
    ("snow", "ladder", "When will the first snow lie in Kyiv?", {"deadlines": f"2027-10-31\n{LAST_DAY}"}),
    (
        "rainfall",
        "numeric",
        "How much rain will fall in 2027?",
        {"deadline": LAST_DAY, "lower": "200", "upper": "1200"},
    ),
    (
        "frost",
        "date",
        "When will the last frost of the next winter be?",
        {"deadline": LAST_DAY, "lower": "2028-01-01", "upper": "2028-06-30"},
    ),
]
#: What answers each of them is called, and in Ukrainian.
LABELS = {
    "season": {
        "spring": ("Spring", "Весна"),
        "summer": ("Summer", "Літо"),
        "autumn": ("Autumn", "Осінь"),
    },
    "snow": {
        "2027-10-31": ("by 31 October 2027", "до 31 жовтня 2027"),
        "2027-12-31": ("by 31 December 2027", "до 31 грудня 2027"),
    },
}
#: The two she translates herself; the others come back from a translator as a file.
TRANSLATED = {
    "rain": "Чи піде дощ у Києві 31 грудня 2027 року?",
    "season": "Яка пора 2027 року буде найдощовішою?",
}
FROM_A_TRANSLATOR = f"""\
id,title.uk,short.uk,background.uk,criteria.uk,sources.uk,unit.uk,options.uk
snow,Коли в Києві ляже перший сніг?,Сніг,Торік рано.,"{IN_UKRAINIAN}",{PUBLISHERS},,{OPTIONS}
rainfall,Скільки дощу випаде 2027 року?,Опади,Торік випало 600 мм.,"{IN_UKRAINIAN}",{PUBLISHERS},мм,
frost,Коли буде останній мороз наступної зими?,Мороз,Торік він був у квітні.,"{IN_UKRAINIAN}",{PUBLISHERS},,
"""


def file_of_twenty() -> str:
    """Twenty questions, in both languages, as a colleague's spreadsheet saves them."""
    head = (
        "id,type,deadline,resolves_at,title.en,title.uk,short.en,short.uk,background.en,background.uk,"
        "criteria.en,criteria.uk,sources.en,sources.uk\n"
    )
    row = (
        "storm-{0},binary,2027-06-30,2027-08-31,Will storm {0} reach Kyiv by 30 June 2027?,"
        "Чи дійде шторм {0} до Києва до 30 червня 2027 року?,Storm {0},Шторм {0},Half of them do.,Доходить половина.,"
        "The weather service names it in Kyiv between 00:00 UTC on 1 January and 23:59:59 UTC on 30 June 2027.,"
        "Метеослужба називає його в Києві до 23:59:59 UTC 30 червня 2027 року.,"
        "The weather service|Reuters,Метеослужба|Рейтер\n"
    )
    return head + "".join(row.format(number) for number in range(1, 21))


#: Told of each moment that a document shows.
Picture = Callable[[Page, str], None]


@dataclass(frozen=True)
class Place:
    """Where the story happens: browsers, the application, its address, a folder for files."""

    browser: Browser
    playwright: Playwright
    app: Flask
    site: str
    folder: Path

    def letters(self) -> dict[str, str]:
        """By address the first link of each letter that went since this was last asked."""
        outbox = Path(self.app.config["PARLEY"]["INSTANCE"]) / "outbox"
        with self.app.app_context():
            while invitation_letters.deliver():
                pass
        found = {}
        for path in outbox.glob("*.eml"):
            letter = cast(EmailMessage, message_from_bytes(path.read_bytes(), policy=policy.default))
            found[str(letter["To"])] = links_in(letter)[0]
            path.unlink()
        return found


@pytest.mark.long
def test_from_an_account_to_answers_and_a_reminder(
    browser: Browser, playwright: Playwright, page: Page, app: Flask, site: str, tmp_path: Path
) -> None:
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    tell(Place(browser, playwright, app, site, tmp_path), page)


def tell(place: Place, page: Page, picture: Picture = lambda _page, _name: None) -> None:
    """The whole story in the organizer's page; whatever goes otherwise fails."""
    browser, app, site = place.browser, place.app, place.site
    sign_up(page, place)
    begin(page, picture)
    for key, kind, title, facts in OWN:
        write(page, site, key, kind, title, facts)
    say_what_for(page, site, picture)
    twenty = place.folder / "twenty.csv"
    import_file(page, site, twenty, file_of_twenty(), "20 questions were added or changed", picture)
    for key, title in TRANSLATED.items():
        translate(page, site, key, title)
    picture(page, "question")
    ukrainian = place.folder / "uk.csv"
    import_file(page, site, ukrainian, FROM_A_TRANSLATOR, "3 questions were added or changed")
    edit_with_another(browser, page, app, site, picture)
    open_it(page, site, picture)
    invite(page, site, picture)
    letters = place.letters()
    assert set(INVITED) <= set(letters)
    for address in INVITED[1:ANSWERING]:
        answer_by_request(place.playwright, site, letters[address])
    answer_in_the_browser(browser, site, letters[INVITED[0]])
    see_who_joined(page, site, picture)
    give_a_role(page, browser, app, site)
    remind_once(page, place, picture)


def sign_up(page: Page, place: Place) -> None:
    page.goto(f"{place.site}/register")
    page.fill("[name=email]", OLENA)
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=password_confirm]", PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    page.goto(place.site + place.letters()[OLENA])
    page.get_by_role("button", name="Confirm my address").click()
    sign_in(page, place.site)


def sign_in(page: Page, site: str) -> None:
    page.goto(f"{site}/login")
    page.fill("[name=email]", OLENA)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda address: "/login" not in address)


def begin(page: Page, picture: Picture) -> None:
    page.get_by_role("link", name="Write a survey").click()
    page.fill("#title", "A wet winter")
    page.fill("#slug", "winter")
    picture(page, "begin")
    page.get_by_role("button", name="Begin").click()
    page.get_by_text("Add a theme").first.click()
    page.fill("#title-theme-", "Weather")
    page.get_by_role("button", name="Add a theme").click()
    fill(page, {"words/en/theme/weather/summary": "What falls from the sky."})


def write(page: Page, site: str, key: str, kind: str, title: str, facts: dict[str, str]) -> None:
    page.goto(f"{site}{WRITE}/questions")
    page.get_by_text("Add a question").first.click()
    page.fill("#title-question-weather", key.title())
    page.select_option("#kind-question-weather", kind)
    page.get_by_role("button", name="Add a question").click()
    page.wait_for_url(re.compile(f"/question/{key}"))
    at = f"structure/question/{key}"
    fill(page, {f"{at}/{name}": text for name, text in {**facts, "resolves": "2028-09-30"}.items()})
    words = {
        "title": title,
        "criteria": CRITERIA,
        "background": "Last year was like most years.",
        "sources": "The weather service\nReuters",
    }
    labels = {f"options/{option}": names[0] for option, names in LABELS.get(key, {}).items()}
    unit = {"unit": "mm"} if kind == "numeric" else {}
    fill(
        page, {f"words/en/question/{key}/{name}": text for name, text in {**words, **labels, **unit}.items()}
    )


def say_what_for(page: Page, site: str, picture: Picture) -> None:
    page.goto(f"{site}{WRITE}/")
    page.locator('[id="structure/survey/languages/uk"]').check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator('[id="words/uk/survey/title"]')).to_be_visible()
    words = {
        "en": (
            "A wet winter",
            "Will it rain?",
            "Twenty-five questions.",
            "You agree that we keep your forecasts.",
        ),
        "uk": (
            "Мокра зима",
            "Чи піде дощ?",
            "Двадцять пʼять запитань.",
            "Ви згодні, що ми зберігаємо ваші прогнози.",
        ),
    }
    ends = ("survey/title", "survey/headline", "survey/summary", "consent/text")
    asks = {"name": "The Institute", "contact": OLENA, "legal_basis": "Consent", "kept_until": "2030"}
    for code, own in words.items():
        typed = {f"words/{code}/{end}": text for end, text in zip(ends, own, strict=True)}
        fill(page, typed | {f"words/{code}/organizer/{name}": text for name, text in asks.items()})
    picture(page, "purpose")
    page.goto(f"{site}{WRITE}/theme/weather")
    fill(
        page, {"words/uk/theme/weather/title": "Погода", "words/uk/theme/weather/summary": "Що падає з неба."}
    )
    page.goto(f"{site}{WRITE}/people")
    page.locator('[id="structure/survey/visibility"]').select_option("invited")
    fill(page, {"structure/survey/opens": "2026-11-20", "structure/survey/closes": "2028-06-01"})
    picture(page, "people-and-rounds")


def import_file(
    page: Page, site: str, path: Path, text: str, said: str, picture: Picture | None = None
) -> None:
    path.write_text(text, encoding="utf-8")
    page.goto(f"{site}{RUN}/import")
    page.set_input_files("#questions_file", path)
    page.get_by_role("button", name="Look at what would happen").click()
    expect(page.get_by_role("heading", name="What the import would do")).to_be_visible()
    if picture:
        picture(page, "import")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("status").filter(has_text=said)).to_be_visible()
    if picture:
        picture(page, "questions")


def translate(page: Page, site: str, key: str, title: str) -> None:
    page.goto(f"{site}{WRITE}/question/{key}")
    words = {
        "title": title,
        "short": title.split()[1],
        "criteria": IN_UKRAINIAN,
        "background": "Торік було, як завжди.",
        "sources": "Метеослужба\nРейтер",
        **{f"options/{option}": names[1] for option, names in LABELS.get(key, {}).items()},
    }
    fill(page, {f"words/uk/question/{key}/{name}": text for name, text in words.items()})


def signed_in(browser: Browser, app: Flask, site: str, email: str) -> Page:
    """Somebody else's browser, signed in by the link of a letter."""

    def link(_session: object) -> str:
        user = accounts.user_by_email(db.session, email) or accounts.create_user(db.session, email)
        return accounts.sign_in_link(db.session, user)

    with app.app_context():
        token = transaction(link)
    other = browser.new_context(viewport=DESK).new_page()  # type: ignore[arg-type]
    other.goto(f"{site}/sign-in/{token}")
    other.locator("main form button").first.click()
    return other


def edit_with_another(browser: Browser, page: Page, app: Flask, site: str, picture: Picture) -> None:
    """Both type into one field: whoever comes second is shown both texts, and neither is lost."""
    other = signed_in(browser, app, site, TARAS)
    complaints = Complaints(other)
    page.goto(f"{site}{WRITE}/people")
    page.get_by_label("Email address").fill(TARAS)
    page.get_by_role("button", name="Let them write too").click()
    field = '[id="words/en/question/rain/criteria"]'
    for one in (page, other):
        one.goto(f"{site}{WRITE}/question/rain")
    hers = "More than 1 mm falls between 00:00 and 23:59:59 UTC on 31 December 2027."
    page.locator(field).fill(hers)
    expect(page.locator(".p-seen").first).to_contain_text(hers)
    other.locator(field).fill("His text.")
    collision = other.locator("[data-field] [data-collision]")
    expect(collision).to_contain_text(hers)
    expect(other.locator(field)).to_have_value("His text.")
    collision.scroll_into_view_if_needed()
    picture(other, "collision")
    collision.get_by_role("button", name="Take theirs").click()
    expect(other.locator(field)).to_have_value(hers)
    page.reload()
    expect(page.locator(field)).to_have_value(hers)
    assert not complaints.found
    other.context.close()


def open_it(page: Page, site: str, picture: Picture) -> None:
    page.goto(f"{site}{WRITE}/check")
    assert page.locator(".p-missing li").all_inner_texts() == []
    picture(page, "check")
    page.get_by_role("button", name="Open the survey").click()
    page.wait_for_url(re.compile(f"{RUN}/"))


def invite(page: Page, site: str, picture: Picture) -> None:
    page.goto(f"{site}{RUN}/invitations/list")
    page.get_by_label("Name of the batch").fill("First")
    page.get_by_label("People, one a line").fill("\n".join(INVITED))
    picture(page, "invite")
    page.get_by_role("button", name="Invite everybody on the list").click()
    expect(page.get_by_role("status").filter(has_text="200 invitations were made")).to_be_visible()


def answer_by_request(playwright: Playwright, site: str, link: str) -> None:
    """Take part by the letter's link and answer one question, by the forms' own requests."""
    request = playwright.request.new_context(base_url=site)
    consent = request.get(link).text()
    joined = {name: value(consent, name) for name in ("csrf_token", "join_key")}
    assert request.post(link, form={**joined, "agree": "y"}, max_redirects=0).status == 303
    question = "/s/winter/q/rain"
    form = request.get(question).text()
    hidden = {name: value(form, name) for name in ("csrf_token", "key", "base_revision", "opened")}
    sent = {**hidden, "format": "percent", "p-yes": "30"}
    assert request.post(question, form=sent, max_redirects=0).status == 303
    request.dispose()


def answer_in_the_browser(browser: Browser, site: str, link: str) -> None:
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    guest = context.new_page()
    complaints = Complaints(guest)
    guest.goto(site + link)
    guest.get_by_label("I have read this").check()
    guest.get_by_role("button", name="Take part").click()
    guest.goto(f"{site}/s/winter/q/rain")
    guest.locator("[name=p-yes]").fill("40")
    guest.get_by_role("button", name="Save forecast").click()
    expect(guest.get_by_role("heading", name="Saved", exact=True)).to_be_visible()
    assert not complaints.found
    context.close()


def see_who_joined(page: Page, site: str, picture: Picture) -> None:
    page.goto(f"{site}{RUN}/")
    expect(page.locator("main")).to_contain_text("12")
    picture(page, "overview")
    page.goto(f"{site}{RUN}/invitations")
    expect(page.locator("main")).to_contain_text("12 of 200 invited people have joined")
    picture(page, "people")


def give_a_role(page: Page, browser: Browser, app: Flask, site: str) -> None:
    """By the page: whoever wrote along is an organizer already, and is made an analyst, who runs nothing."""
    page.goto(f"{site}{RUN}/roles")
    expect(page.locator("main table")).to_contain_text(TARAS)
    page.get_by_label("Email address").fill("maria@example.org")
    page.get_by_text("organizer", exact=True).last.click()
    page.get_by_role("button", name="Give the role").click()
    expect(page.get_by_role("status").filter(has_text="maria@example.org is organizer now")).to_be_visible()
    other = signed_in(browser, app, site, "maria@example.org")
    other.goto(f"{site}{WRITE}/question/frost")
    fill(other, {"words/en/question/frost/background": "Last year it was in April."})
    page.goto(f"{site}{WRITE}/question/frost")
    expect(page.locator('[id="words/en/question/frost/background"]')).to_have_value(
        "Last year it was in April."
    )
    other.context.close()


def remind_once(page: Page, place: Place, picture: Picture) -> None:
    """Nobody on the day of the letter; the next day those who have not joined, once."""
    at_reminder = partial(page.goto, f"{place.site}{RUN}/invitations/reminder")
    at_reminder()
    expect(page.get_by_role("heading", name="Nobody can be reminded now")).to_be_visible()
    with clock.at(TODAY + timedelta(days=1, minutes=1)):
        # Nobody stays signed in for a night.
        sign_in(page, place.site)
        at_reminder()
        expect(page.get_by_role("heading", name="188 people would be reminded")).to_be_visible()
        expect(page.locator(".p-letter").first).to_contain_text("somebodys-own-link")
        picture(page, "reminder")
        page.get_by_role("button", name="Remind 188 people").click()
        expect(page.get_by_role("status").filter(has_text="188 reminders are on their way")).to_be_visible()
        assert set(place.letters()) & set(INVITED) == set(INVITED[ANSWERING:])
        at_reminder()
        expect(page.get_by_role("heading", name="Nobody can be reminded now")).to_be_visible()
        expect(page.locator("button", has_text="Remind ")).to_have_count(0)
