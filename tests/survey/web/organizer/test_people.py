"""People of a survey: invited from a list, seen how far they came, reminded; what is kept of them and who sees it."""

import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from survey import clock
from survey.models import Base, Invitation, Participant, Survey
from survey.security import log_redaction
from survey.services import invitation_letters, invitations
from survey.services.invited_people import InvitedPerson
from survey.store.engine import db
from survey.store.transaction import transaction
from survey.web.organizer.invited_rows import steps
from tests.conftest import TODAY
from tests.factories import the_survey
from tests.survey.notifications.conftest import Outbox, links_in, outbox
from tests.survey.outcomes import signed_in
from tests.survey.web.visitor import Visitor, value, without_tokens, words

__all__ = ["outbox"]

PEOPLE = "/s/ukraine/organize/invitations"
LIST = f"{PEOPLE}/list"
DAY = timedelta(days=1)
CANARY = "canaryperson7391@example.org"
FORM = {"batch": "experts", "people": "olha@example.org,think tank,uk\nann@example.org", "days": "30"}
BY_LETTER = FORM | {"how": "letter"}


@pytest.fixture
def organizer(app: Flask, client: FlaskClient) -> FlaskClient:
    """The browser of an organizer."""
    return signed_in(app, client, "organizer")


def kept(app: Flask) -> list[Invitation]:
    with app.app_context():
        return list(db.session.scalars(select(Invitation).order_by(Invitation.id)))


def change(app: Flask, **values: object) -> None:
    with app.app_context():
        transaction(lambda session: session.execute(update(Survey).values(**values)))


def deliver(app: Flask) -> int:
    with app.app_context():
        return invitation_letters.deliver()


def join(client: FlaskClient, path: str) -> None:
    key = value(client.get(path).text, "join_key")
    assert client.post(path, data={"join_key": key, "agree": "y"}).status_code == 303


def link_to(outbox: Outbox, address: str) -> str:
    return next(links_in(letter)[0] for letter in outbox() if letter["To"] == address)


# ---- From a list


def test_a_pasted_list_is_invited_by_letter_and_says_how_it_was_read(
    app: Flask, organizer: FlaskClient, outbox: Outbox
) -> None:
    answer = organizer.post(LIST, data=BY_LETTER, follow_redirects=True)
    assert "2 invitations were made; their emails go out" in words(answer.text)
    assert "read as UTF-8, with the separator comma" in words(answer.text)
    assert [(one.address, one.person_group, one.language) for one in kept(app)] == [
        ("olha@example.org", "think tank", "uk"),
        ("ann@example.org", None, "en"),
    ]
    assert deliver(app) == 2
    join(app.test_client(), link_to(outbox, "olha@example.org"))
    assert "1 of 2 invited people have joined" in words(organizer.get(PEOPLE).text)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1251"])
def test_a_file_is_taken(app: Flask, organizer: FlaskClient, encoding: str) -> None:
    content = "Пошта;Група\nolha@example.org;Міністерство\n".encode(encoding)
    sent = BY_LETTER | {"people": "", "list_file": (BytesIO(content), "list.csv")}
    assert organizer.post(LIST, data=sent).status_code == 303
    assert [one.person_group for one in kept(app)] == ["Міністерство"]


def test_a_list_with_a_fault_invites_nobody_and_comes_back_whole(app: Flask, organizer: FlaskClient) -> None:
    content = "olha@example.org;uk\nnobody;think tank\n"
    sent = BY_LETTER | {"people": "", "list_file": (BytesIO(content.encode()), "list.csv")}
    answer = organizer.post(LIST, data=sent)
    assert answer.status_code == 422
    assert "Row 2: No email can be sent to this address" in words(answer.text)
    assert "It was read as UTF-8, with the separator semicolon." in words(answer.text)
    # A browser does not send a file again by itself: its rows stand in the box.
    assert "nobody;think tank" in answer.text
    assert kept(app) == []


def test_a_list_given_twice_over_is_refused(app: Flask, organizer: FlaskClient) -> None:
    sent = BY_LETTER | {"list_file": (BytesIO(b"a@example.org"), "list.csv")}
    answer = organizer.post(LIST, data=sent)
    assert (answer.status_code, "Give the list once" in answer.text, kept(app)) == (422, True, [])


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("batch", ""),
        ("batch", "x" * 90),
        ("days", "0"),
        ("days", "many"),
        ("people", ""),
        ("how", "by pigeon"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    app: Flask, organizer: FlaskClient, field: str, typed: str
) -> None:
    answer = organizer.post(LIST, data=BY_LETTER | {field: typed})
    assert (answer.status_code, f'id="{field}-error"' in answer.text or field == "how") == (422, True)
    assert kept(app) == []


def test_a_page_without_a_file_box_takes_no_file(organizer: FlaskClient) -> None:
    sent = {"batch": (BytesIO(b"experts"), "batch.txt"), "count": "1", "days": "3"}
    assert organizer.post(PEOPLE, data=sent).status_code == 422


def test_the_file_of_links_names_each_person_and_keeps_nobody(app: Flask, organizer: FlaskClient) -> None:
    listed = "olha@example.org,=think tank,uk\nann@example.org"
    answer = organizer.post(LIST, data=FORM | {"people": listed, "how": "csv"})
    lines = answer.text.splitlines()
    assert lines[0] == "address,group,language,link,works_until"
    assert lines[1].startswith("olha@example.org,'=think tank,uk,http://localhost:8000/i/")
    assert [one.address for one in kept(app)] == [None, None]
    path = lines[2].split(",")[3].removeprefix("http://localhost:8000")
    join(app.test_client(), path)


def test_cards_hold_each_link_as_a_picture_inside_the_policy(app: Flask, organizer: FlaskClient) -> None:
    for address, data in (
        (LIST, FORM | {"how": "cards"}),
        (PEOPLE, {"batch": "b", "count": "2", "days": "3", "as": "cards"}),
    ):
        page = organizer.post(address, data=data).text
        assert page.count("p-qr-ink") == 2 and " style=" not in page
        assert page.count("http://localhost:8000/i/") == 2
    assert [one.address for one in kept(app)] == [None] * 4


def test_a_protected_survey_takes_links_and_no_letters(app: Flask, organizer: FlaskClient) -> None:
    change(app, protected=True)
    page = organizer.get(LIST).text
    assert 'value="letter"' not in page and "keeps no address of anybody" in words(page)
    assert organizer.post(LIST, data=BY_LETTER).status_code == 422
    assert organizer.post(LIST, data=FORM | {"how": "csv"}).status_code == 200
    assert [one.address for one in kept(app)] == [None, None]


# ---- How far each has come


def test_the_list_shows_how_far_each_came_and_is_narrowed(
    app: Flask, organizer: FlaskClient, outbox: Outbox
) -> None:
    assert "None yet. Everybody you invite by email" in words(organizer.get(PEOPLE).text)
    organizer.post(LIST, data=BY_LETTER)
    assert words(organizer.get(PEOPLE).text).count("not sent yet") == 2
    deliver(app)
    join(app.test_client(), link_to(outbox, "olha@example.org"))
    organizer.post(LIST, data=BY_LETTER | {"batch": "late", "people": "late@example.org"})
    page = words(organizer.get(PEOPLE).text)
    for said in ("All 3", "Not sent 1", "Not joined 2", "Refused 0", "sent once, not joined", "joined"):
        assert said in page
    for asked, shown in (
        ({"show": "not-sent"}, {"late"}),
        ({"show": "not-joined"}, {"ann", "late"}),
        ({"show": "refused"}, set()),
        ({"search": "THINK"}, {"olha"}),
        ({"search": "late"}, {"late"}),
        ({"search": "ann", "show": "not-sent"}, set()),
        ({"search": "%"}, set()),
        ({"search": "\x00"}, set()),
        ({"show": "nonsense", "page": "99"}, {"olha", "ann", "late"}),
    ):
        text = organizer.post(f"{PEOPLE}/search", data=asked).text
        assert {name for name in ("olha", "ann", "late") if f"{name}@example.org" in text} == shown, asked
        if "search" not in asked:
            page = organizer.get(PEOPLE, query_string=asked).text
            assert {name for name in ("olha", "ann", "late") if f"{name}@example.org" in page} == shown


def test_a_long_list_stands_in_pages_and_no_address_in_an_address_line(
    app: Flask, organizer: FlaskClient
) -> None:
    organizer.post(
        LIST, data=BY_LETTER | {"people": "\n".join(f"p{place:02}@example.org" for place in range(45))}
    )
    shown = [
        set(re.findall(r"p\d\d@", organizer.post(f"{PEOPLE}/search", data={"page": f"{page}"}).text))
        for page in (1, 2, 3)
    ]
    assert [len(one) for one in shown] == [20, 20, 5]
    assert len(set().union(*shown)) == 45
    page = organizer.post(f"{PEOPLE}/search", data={"search": "p1"}).text
    assert not re.findall(r'(?:href|action)="[^"]*(?:search=|@)', page)


def test_one_is_revoked_and_one_gets_a_new_link(app: Flask, organizer: FlaskClient, outbox: Outbox) -> None:
    organizer.post(LIST, data=BY_LETTER)
    deliver(app)
    olha, ann = kept(app)
    old = link_to(outbox, "ann@example.org")
    assert organizer.post(f"{PEOPLE}/{olha.id}/revoke").status_code == 303
    assert "olha@example.org" not in organizer.get(PEOPLE).text
    page = organizer.post(f"{PEOPLE}/{ann.id}/link").text
    new = value(page.replace('id="link"', 'name="link"'), "link").removeprefix("http://localhost:8000")
    assert app.test_client().get(old).status_code == 404
    join(app.test_client(), new)
    for act in ("link", "revoke"):
        for number in (ann.id, olha.id, 10**12):
            answer = organizer.post(f"{PEOPLE}/{number}/{act}", follow_redirects=True)
            assert "Nothing was changed" in words(answer.text)


def test_an_organizer_of_another_survey_changes_nothing(app: Flask, organizer: FlaskClient) -> None:
    from survey.bank.loading import load_bank

    def foreign(session: Session) -> int:
        other = load_bank(session, "ukraine", slug="other")
        invitations.invite(session, other, "theirs", 1, 30)
        return session.scalars(select(Invitation.id)).one()

    with app.app_context():
        number = transaction(foreign)
    for act in ("link", "revoke"):
        organizer.post(f"{PEOPLE}/{number}/{act}")
    (still,) = kept(app)
    assert (still.revoked_at, still.former_hash) == (None, None)
    assert organizer.get("/s/other/organize/invitations").status_code == 404


def test_a_refused_letter_says_why_and_goes_again_to_a_corrected_address(
    app: Flask, organizer: FlaskClient, outbox: Outbox
) -> None:
    organizer.post(LIST, data=BY_LETTER)
    with app.app_context():
        where = update(Invitation).where(Invitation.address == "olha@example.org")
        transaction(lambda session: session.execute(where.values(refusal="550", letter_due_at=None)))
    tasks = words(organizer.get("/s/ukraine/organize/").text)
    assert "1 invitation was refused by a mail server" in tasks
    page = organizer.get(PEOPLE)
    assert "refused (550): the mail server knows no such address" in words(page.text)
    assert page.text.count('<path class="p-refused"') == 1
    again = f"{PEOPLE}/{kept(app)[0].id}/address"
    wrong = organizer.post(again, data={"address": "olha@nowhere@example"})
    assert wrong.status_code == 422
    # What was typed stays in the box, which is open, and the reason stands beside it.
    assert 'value="olha@nowhere@example"' in wrong.text and "No email can be sent to this address" in words(
        wrong.text
    )
    assert "ann@example.org" in organizer.post(again, data={"address": "ann@example.org"}).text
    assert "was invited already" in words(organizer.post(again, data={"address": "ann@example.org"}).text)
    answer = organizer.post(again, data={"address": "olha.m@example.org"}, follow_redirects=True)
    assert "The email goes out within minutes" in words(answer.text)
    assert deliver(app) == 2
    assert "olha.m@example.org" in {letter["To"] for letter in outbox()}
    answer = organizer.post(again, data={"address": "olha@example.org"}, follow_redirects=True)
    assert "was not refused" in words(answer.text) and "Nothing was changed" in words(answer.text)
    assert "refused by a mail server" not in words(organizer.get("/s/ukraine/organize/").text)


def person(state: str, letters: int = 1, answered: int | None = None) -> InvitedPerson:
    return InvitedPerson(1, "a@example.org", "", "en", "b", state, TODAY, letters, "550", answered)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (person("not sent", 0), "done open open"),
        (person("sent"), "done done open"),
        (person("refused", 0), "done refused open"),
        (person("refused", 1), "done done refused"),
        (person("joined"), "done done done"),
        (person("joined", answered=27), "done done done open"),
        (person("joined", answered=28), "done done done done"),
    ],
)
def test_the_steps_say_how_far_an_invitation_came(one: InvitedPerson, expected: str) -> None:
    assert " ".join(steps(one, 28)) == expected


def test_all_batches_stand_together_in_a_last_row(organizer: FlaskClient) -> None:
    for name in ("b", "c"):
        organizer.post(PEOPLE, data={"batch": name, "count": "7", "days": "3"})
    assert "All 14 0 0 0 0 % 14 0" in words(organizer.get(PEOPLE).text)


# ---- How much each has answered


@pytest.mark.whole
def test_how_much_is_told_of_those_alone_who_agreed_that_it_is(
    app: Flask, organizer: FlaskClient, outbox: Outbox
) -> None:
    organizer.post(LIST, data=BY_LETTER)
    deliver(app)
    before, after = Visitor(app.test_client()), Visitor(app.test_client())
    join(before.client, link_to(outbox, "olha@example.org"))
    assert before.answers("binary").status_code == 303
    assert "questions its person has answered" not in words(before.get("join").text)
    assert "28 answered" not in words(organizer.get(PEOPLE).text)
    with clock.at(TODAY + timedelta(hours=1)):
        organizer.post(f"{PEOPLE}/progress", data={"progress": "on"})
        # Whoever agreed to the consent of before is asked anew, and nothing is told of them.
        assert "28 answered" not in words(organizer.get(PEOPLE).text)
        assert "questions its person has answered, never what" in words(before.get("agree").text)
        assert before.post("agree", {"agree": "y"}).status_code == 303
        assert "joined, 1 of 28 answered" in words(organizer.get(PEOPLE).text)
        join(after.client, link_to(outbox, "ann@example.org"))
        assert "joined, 0 of 28 answered" in words(organizer.get(PEOPLE).text)
        organizer.post(f"{PEOPLE}/progress", data={"progress": "off"})
        assert "28 answered" not in words(organizer.get(PEOPLE).text)


def test_a_protected_survey_tells_nothing_of_anybody(app: Flask, organizer: FlaskClient) -> None:
    change(app, protected=True)
    answer = organizer.post(f"{PEOPLE}/progress", data={"progress": "on"}, follow_redirects=True)
    assert "it tells nothing of any person" in words(answer.text)
    with app.app_context():
        assert the_survey(db.session).progress_since is None


def test_the_consent_says_what_is_kept_of_an_address(app: Flask, client: FlaskClient) -> None:
    assert "It is deleted 30 days after joining" in words(client.get("/s/ukraine/join").text)
    change(app, protected=True)
    assert "days after joining" not in words(client.get("/s/ukraine/join").text)


# ---- Reminding


def test_the_letter_stands_beside_the_button_with_who_gets_it(
    app: Flask, organizer: FlaskClient, outbox: Outbox
) -> None:
    assert "Nobody can be reminded now" in words(organizer.get(f"{PEOPLE}/reminder").text)
    with clock.at(TODAY - DAY):
        organizer.post(LIST, data=BY_LETTER)
        deliver(app)
        page = words(organizer.get(f"{PEOPLE}/reminder").text)
        assert "Nobody can be reminded now" in page and "Had one within a day 2" in page
    page = words(organizer.get(f"{PEOPLE}/reminder").text)
    assert "2 people would be reminded" in page and "Emails English 1, Українською 1" in page
    assert "have not joined yet" in page
    answer = organizer.post(f"{PEOPLE}/reminder", follow_redirects=True)
    assert "2 reminders are on their way." in words(answer.text)
    answer = organizer.post(f"{PEOPLE}/reminder", follow_redirects=True)
    assert "Nothing was sent" in words(answer.text)
    assert deliver(app) == 2


def test_one_sends_it_to_oneself_and_its_links_open_nothing(
    app: Flask, organizer: FlaskClient, outbox: Outbox
) -> None:
    organizer.post(f"{PEOPLE}/reminder/mine", data={"language": "uk"})
    (letter,) = outbox()
    assert letter["To"] == "organizer@example.org"
    assert {app.test_client().get(path).status_code for path in links_in(letter)} == {404}


# ---- No more letters


def test_the_link_in_the_letter_ends_letters_in_one_step_and_says_the_same_again(
    app: Flask, organizer: FlaskClient, outbox: Outbox
) -> None:
    organizer.post(LIST, data=BY_LETTER)
    deliver(app)
    stop = next(links_in(letter)[-1] for letter in outbox() if letter["To"] == "ann@example.org")
    stranger = app.test_client()
    assert "No more emails about this invitation?" in stranger.get(stop).text
    assert [one.declined_at for one in kept(app)] == [None, None]
    answers = [stranger.post(stop, data={"List-Unsubscribe": "One-Click"}) for _time in range(2)]
    assert without_tokens(answers[0]) == without_tokens(answers[1])
    assert answers[0].status_code == 200
    assert [one.address for one in kept(app)] == ["olha@example.org", None]
    assert not [letter for letter in outbox() if letter["To"] == "ann@example.org"]
    for wrong in ("nonsense", stop.rpartition("/")[2][:-2] + "xx"):
        assert stranger.get(f"/letters/invitation/{wrong}").status_code == 404
        assert stranger.post(f"/letters/invitation/{wrong}").status_code == 404
    again = organizer.post(LIST, data=BY_LETTER | {"batch": "again", "people": "ann@example.org"})
    assert "Row 1: wants no emails about this survey." in words(again.text)


# ---- The survey that only invited people may know


def test_an_invited_survey_leads_its_organizer_to_invitations_and_counts_them(
    app: Flask, organizer: FlaskClient
) -> None:
    address = 'href="/s/ukraine/organize/invitations/list"'
    assert "Send people the address of the survey" in words(organizer.get("/s/ukraine/organize/").text)
    change(app, visibility="invited")
    page = organizer.get("/s/ukraine/organize/").text
    assert "Send people the address" not in words(page)
    assert "Nobody gets in without an invitation" in words(page) and address in page
    organizer.post(PEOPLE, data={"batch": "b", "count": "7", "days": "3"})
    page = words(organizer.get("/s/ukraine/organize/").text)
    assert "invited 7" in page and "Invited 7" not in page
    with app.app_context():
        token = transaction(lambda session: invitations.invite(session, the_survey(session), "c", 1, 3))[0]
    join(app.test_client(), f"/i/{token}")
    # Once there is a picture, how many were invited stands in it beside those who came.
    page = words(organizer.get("/s/ukraine/organize/").text)
    assert (
        "invited 8" in page
        and "Invited 8, Joined 1, Answered all 0" in organizer.get("/s/ukraine/organize/").text
    )


# ---- Canaries


@pytest.fixture
def log() -> Iterator[StringIO]:
    """All that any logger says."""
    told, root = StringIO(), logging.getLogger()
    handler, former = logging.StreamHandler(told), root.level
    handler.setFormatter(log_redaction.Discreet("%(name)s %(levelname)s %(message)s"))
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield told
    root.removeHandler(handler)
    root.setLevel(former)


def test_no_log_and_no_file_of_data_ever_holds_an_address(
    app: Flask, organizer: FlaskClient, outbox: Outbox, log: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = f"{CANARY},canarygroup7391\nnot an address canaryrow7391"
    organizer.post(LIST, data=BY_LETTER | {"people": listed})
    organizer.post(LIST, data=BY_LETTER | {"people": f"{CANARY},canarygroup7391"})
    deliver(app)
    token = link_to(outbox, CANARY).removeprefix("/i/")
    join(app.test_client(), f"/i/{token}")
    with app.app_context():
        organizer.post(f"{PEOPLE}/search", data={"search": CANARY})
        events = repr(db.session.execute(text("SELECT * FROM event_log")).all())
        # The control: the address is where it should be, with the invitation.
        assert CANARY in repr(db.session.execute(text("SELECT * FROM invitation")).all())
        others = {
            name: repr(db.session.execute(text(f'SELECT * FROM "{name}"')).all())
            for name in Base.metadata.tables
            if name != "invitation"
        }
    assert {name for name, rows in others.items() if "canary" in rows} == set()
    told = log.getvalue() + events
    for word in ("canary", token):
        assert word not in told


def test_an_address_is_on_no_page_of_anybody_but_those_who_run_the_survey(
    app: Flask, organizer: FlaskClient, outbox: Outbox
) -> None:
    organizer.post(LIST, data=BY_LETTER | {"people": CANARY})
    deliver(app)
    guest = app.test_client()
    join(guest, link_to(outbox, CANARY))
    for path in ("", "themes", "mine", "letters"):
        assert CANARY not in guest.get(f"/s/ukraine/{path}").text, path
    # Their own data says what is kept of them.
    assert CANARY in guest.get("/s/ukraine/mine/data").text
    with app.app_context():
        assert db.session.scalars(select(Participant)).one().user_id is None
