"""People with an account: made, given a role in a survey, and let in by a link that works once.

A link is a signed pair of who and a nonce. Using one takes the nonce away, and with it every link that waits: a used
one, one that is too old and one that was never made are all the same to whoever tries.
"""

import hmac
import secrets
from datetime import timedelta
from typing import cast

from flask import current_app
from flask_babel import lazy_gettext as _
from flask_security import hash_password
from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, joinedload

from .. import clock
from ..config import derive_key
from ..errors import InvalidAnswer, NotFound
from ..i18n.locale import gettext
from ..i18n.normalization import trimmed
from ..models import ROLES, Membership, Participant, Survey, User
from ..security.authentication import users
from ..store.transaction import lock_survey
from .audit_log import record

LINK_LIFETIME = timedelta(hours=24)


class InvalidAccount(InvalidAnswer):
    """An account or role that cannot be made."""

    title = _("No account or role was changed")


class SpentLink(NotFound):
    """A sign-in link that was used, is too old, or never was one: the reader cannot tell which."""

    title = _("This link does not work any more")

    def __init__(self) -> None:
        super().__init__(
            gettext(
                "A link works once and for 24 hours. Ask for a new one where you sign in, or ask the "
                "people who run this site to make one with “parley user link EMAIL”. Nothing was "
                "changed."
            )
        )


def create_user(session: Session, email: str, *, password: str | None = None) -> User:
    """Make an account; without a password it is entered by a sign-in link alone.

    Raises
    ------
    InvalidAccount
        Where the address is none or has an account already (one sentence for both), or the password is weak.
    """
    security = current_app.extensions["security"]
    refused = gettext("No account was made: this is no valid address, or it has an account already.")
    try:
        address: str = security.mail_util.validate(email)
    except ValueError:
        raise InvalidAccount({"email": refused}) from None
    if user_by_email(session, address) is not None:
        raise InvalidAccount({"email": refused})
    user = cast(
        User,
        # Whoever runs the site vouches for the address: no letter has to confirm it.
        users.create_user(email=address, password=_hashed(password), confirmed_at=clock.now(session)),
    )
    session.flush()
    return user


def user_by_email(session: Session, email: str) -> User | None:
    """The user with this address, whatever its case."""
    return session.scalar(select(User).where(func.lower(User.email) == trimmed(email).lower()))


def users_with_roles(
    session: Session, survey: Survey | None = None
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every user by address, with role and survey's address of each membership; of one survey: its members alone."""
    query = select(User.email, Membership.role, Survey.slug).outerjoin(User.memberships)
    query = query.outerjoin(Membership.survey).order_by(User.email, Survey.slug)
    if survey is not None:
        query = query.where(Membership.survey_id == survey.id)
    found: dict[str, list[tuple[str, str]]] = {}
    for address, role, slug in session.execute(query):
        found.setdefault(address, []).extend([(role, slug)] if role else [])
    return list(found.items())


def grant(session: Session, user: User, survey: Survey, role: str, by: User | None = None) -> Membership:
    """Let a user be owner, organizer or analyst; as a participant they are an insider from now on.

    For who is that already nothing changes, and the log holds nothing of it.

    Parameters
    ----------
    by
        Who gives it, an owner; None for whoever runs the site.

    Raises
    ------
    InvalidAccount
        For a role there is not, for anybody but an owner, or where the survey would be left without one.
    """
    if role not in ROLES:
        raise InvalidAccount({"role": gettext("A role is one of: %(roles)s.", roles=", ".join(ROLES))})
    _let_owners_alone(session, survey, by)
    membership = session.scalar(select(Membership).filter_by(user_id=user.id, survey_id=survey.id))
    if membership is None:
        membership = Membership(user_id=user.id, survey_id=survey.id, since=clock.now(session), role=role)
        session.add(membership)
    elif membership.role == role:
        return membership
    elif role != "owner":
        _keep_an_owner(session, membership)
    membership.role = role
    _leave_out(session, user, survey)
    record(session, survey, "grant", {"user": user.id, "role": role}, by.id if by else None)
    return membership


def _leave_out(session: Session, user: User, survey: Survey) -> None:
    """Let a user's own answers in the survey count no more; who was an insider before stays one since then."""
    own = update(Participant).filter_by(user_id=user.id, survey_id=survey.id, insider_since=None)
    session.execute(own.values(insider_since=clock.as_kept(clock.now(session), survey.protected)))


def give_role(session: Session, survey: Survey, typed: str, role: str, by: User) -> str:
    """Let an owner give a role to whoever has an address; the address as it is stored.

    Raises
    ------
    InvalidAccount
        As `account_at` and `grant` do.
    """
    _let_owners_alone(session, survey, by)
    user = account_at(session, typed)
    grant(session, user, survey, role, by)
    return user.email


def account_at(session: Session, typed: str) -> User:
    """The account of whoever is let in by their address, made where there is none.

    Its owner enters one that was made by a link sent there: whether there was one is told to nobody. On a site on
    which accounts are made by command alone it is refused.

    Raises
    ------
    InvalidAccount
        For what is no address, and where none may be made.
    """
    try:
        address: str = current_app.extensions["security"].mail_util.validate(typed)
    except ValueError:
        raise InvalidAccount({"email": gettext("No email can be sent to this address.")}) from None
    user = user_by_email(session, address)
    if user is not None:
        return user
    if not current_app.config["PARLEY"]["REGISTRATION"]:
        raise InvalidAccount(
            {
                "email": gettext(
                    "Nobody has an account here with this address, and on this site the people "
                    "who run it make the accounts: ask them for “parley user create”. Nothing was"
                    " changed."
                )
            }
        )
    # Nobody vouches for the address: the link that is sent there confirms it.
    made = cast(User, users.create_user(email=address, password=None))
    session.flush()
    return made


def take_role(session: Session, survey: Survey, user_id: int, by: User) -> bool:
    """Take the role somebody has in a survey; whether they had one. As a participant they stay an insider.

    Raises
    ------
    InvalidAccount
        For anybody but an owner, and where the survey would be left without one.
    """
    _let_owners_alone(session, survey, by)
    membership = session.scalar(select(Membership).filter_by(user_id=user_id, survey_id=survey.id))
    if membership is None:
        return False
    _keep_an_owner(session, membership)
    session.delete(membership)
    record(session, survey, "take role", {"user": user_id, "role": membership.role}, by.id)
    return True


def members(session: Session, survey: Survey) -> list[Membership]:
    """Everybody with a role in the survey: owners, then organizers, then analysts, by address."""
    query = select(Membership).filter_by(survey_id=survey.id).options(joinedload(Membership.user))
    return sorted(session.scalars(query), key=lambda one: (ROLES.index(one.role), one.user.email))


def roles_of(session: Session, user: User) -> list[Membership]:
    """Every role of a user, the surveys that were made first first."""
    query = select(Membership).filter_by(user_id=user.id).options(joinedload(Membership.survey))
    return list(session.scalars(query.order_by(Membership.survey_id)))


def sign_in_link(session: Session, user: User) -> str:
    """A token that signs the user in within a day, until one of them was used.

    Those that wait share a nonce: anybody may ask for a link to be sent, and must not make void the one that its
    owner is about to press.
    """
    user.sign_in_nonce = user.sign_in_nonce or secrets.token_urlsafe(24)
    session.flush()
    # Not by its id: signing out everywhere changes the uniquifier, and with it every link that waits.
    return _signed(user.fs_uniquifier, user.sign_in_nonce)


def use_sign_in_link(session: Session, token: str) -> User:
    """The user of a token, which is used up by this; their address is confirmed by it.

    A password that was set before anybody confirmed the address may be a stranger's, who signed up with it to
    wait for its owner: it is dropped, and whoever is signed in with it is signed out.

    Raises
    ------
    SpentLink
        For every token that does not work.
    """
    # Held and read anew: of two who press one link at the same time the second finds its nonce gone.
    uniquifier, nonce = _read(token)
    user = session.scalar(
        select(User)
        .where(User.fs_uniquifier == uniquifier)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if user is None or not user.active or not user.sign_in_nonce:
        raise SpentLink()
    if not hmac.compare_digest(user.sign_in_nonce.encode(), nonce.encode()):
        raise SpentLink()
    user.sign_in_nonce = None
    if user.confirmed_at is None:
        user.confirmed_at, user.password = clock.now(session), None
        users.set_uniquifier(user)
    session.flush()
    return user


def link_for(session: Session, email: str) -> tuple[str, str, bool]:
    """The address and token of a letter to an address, and whether anybody has an account there.

    For nobody all of it is done as well: a token of no use is signed, so that the time it takes tells nothing.
    """
    user = user_by_email(session, email)
    if user is None or not user.active:
        return email, _signed(secrets.token_hex(16), secrets.token_urlsafe(24)), False
    return user.email, sign_in_link(session, user), True


def sign_out_everywhere(session: Session, user: User) -> None:
    """End every session of the user, on every device, and every link that waits for them."""
    user.sign_in_nonce = None
    users.set_uniquifier(user)
    session.flush()


class _OurClock(TimestampSigner):
    """Signs with the application's time."""

    def get_timestamp(self) -> int:
        return int(clock.now().timestamp())


def _serializer() -> URLSafeTimedSerializer:
    key = derive_key(current_app.config["PARLEY"]["SECRET_KEY"], "sign-in")
    return URLSafeTimedSerializer(key, signer=_OurClock)


def _signed(uniquifier: str, nonce: str) -> str:
    return str(_serializer().dumps([uniquifier, nonce]))


def _read(token: str) -> tuple[str, str]:
    try:
        uniquifier, nonce = _serializer().loads(token, max_age=int(LINK_LIFETIME.total_seconds()))
    except (BadData, ValueError, TypeError):
        raise SpentLink() from None
    return str(uniquifier), str(nonce)


def _hashed(password: str | None) -> str | None:
    if password is None:
        return None
    faults, normalized = current_app.extensions["security"].password_util.validate(password, True)
    if faults:
        raise InvalidAccount({"password": " ".join(faults)})
    return str(hash_password(normalized))


def _let_owners_alone(session: Session, survey: Survey, by: User | None) -> None:
    """Refuse everybody but an owner: so that nobody gives themselves more than they have.

    Changes of one survey's roles come one after the other.
    """
    lock_survey(session, survey)
    owns = select(Membership.id).filter_by(survey_id=survey.id, role="owner")
    if by is not None and session.scalar(owns.filter_by(user_id=by.id)) is None:
        raise InvalidAccount(
            {"role": gettext("An owner of the survey gives and takes roles. Nothing was changed.")}
        )


def _keep_an_owner(session: Session, membership: Membership) -> None:
    """Refuse to take the last owner of a survey their role."""
    others = select(Membership.id).where(
        Membership.survey_id == membership.survey_id,
        Membership.role == "owner",
        Membership.id != membership.id,
    )
    if membership.role == "owner" and session.scalar(others.with_for_update().limit(1)) is None:
        raise InvalidAccount({"role": gettext("A survey keeps one owner at least: name another one first.")})
