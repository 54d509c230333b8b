"""Who may sign in, which forms are taken, and what every answer's headers say."""

from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Flask, Response, g, has_request_context, request
from flask import session as browser
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_babel import lazy_gettext as _
from flask_security import (
    ForgotPasswordForm,
    FSQLALiteUserDatastore,
    LoginForm,
    MailUtil,
    PasswordUtil,
    Security,
    Totp,
    UserMixin,
    WebauthnUtil,
    hash_password,
)
from flask_security.mail_util import EmailValidateException
from flask_security.utils import validate_redirect_url
from flask_wtf.csrf import CSRFError, CSRFProtect
from passlib.exc import UsedTokenError  # type: ignore[import-untyped]
from passlib.totp import TotpMatch  # type: ignore[import-untyped]
from sqlalchemy import CursorResult, or_, select, update
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from wtforms import Field

from .. import clock
from ..i18n.locale import gettext
from ..i18n.normalization import mixes_scripts, trimmed
from ..models import Membership, Role, User, WebAuthn
from ..notifications import transport
from ..store.engine import db
from .browser_sessions import NAME, has_ended
from .passwords import LONGEST, is_common

#: Nothing from elsewhere, nothing inline; the one line for every page.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)

#: Of the pages that may stand inside another site's: no script, nothing to send, framed by anybody.
EMBED_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors *"

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    # An invitation's address holds its token, which links on its page may hand on.
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

#: What Flask-Security says in words of ours, each with its category.
MESSAGES = {
    "SECURITY_MSG_WEBAUTHN_REGISTER_SUCCESSFUL": (_("The passkey “%(name)s” was added."), "info"),
    "SECURITY_MSG_WEBAUTHN_CREDENTIAL_DELETED": (_("The passkey “%(name)s” was deleted."), "info"),
}


class Forgery(CSRFProtect):  # type: ignore[misc]
    """Forms carry a token of the session, and come from a page of this site."""

    def protect(self, apply_exemptions: bool = False) -> None:
        """Refuse what has no token that is right, and what has one that another site has got hold of."""
        super().protect(apply_exemptions)
        if g.get("csrf_valid") and comes_from_elsewhere():
            raise CSRFError()


def comes_from_elsewhere() -> bool:
    """Whether a browser says that a page of another site has sent this request.

    The first header is the better one: it is about what the browser sees, whatever a proxy has made of our name.
    The second is `null` also from our own pages, which tell browsers to send no referrer.
    """
    # Where a browser sends neither, the form's token decides alone.
    site, origin = request.headers.get("Sec-Fetch-Site", ""), request.headers.get("Origin", "null")
    if site:
        # `none` is an address somebody typed or had kept.
        return site not in ("same-origin", "none")
    return origin != "null" and urlsplit(origin).netloc != request.host


csrf = Forgery()
#: After so long without a request whoever runs a survey signs in anew.
IDLE = timedelta(hours=12)
#: Where the cookie session holds when it was used last.
USED = "used"


class Users(FSQLALiteUserDatastore):
    """Accounts; who is signed in by a session is asked once a request, and whether it has ended with it."""

    def find_user(self, case_insensitive: bool = False, **by: Any) -> User | None:
        """The user of one attribute; by `fs_uniquifier`, which a session holds, where that session still lives."""
        signed_in = browser.get("_user_id") if has_request_context() else None
        if signed_in is None or by != {"fs_uniquifier": signed_in}:
            return cast(User | None, super().find_user(case_insensitive, **by))
        query = select(User).where(User.fs_uniquifier == signed_in, ~has_ended(browser.get(NAME, "")))
        user = db.session.scalar(query)
        return None if user is None or _has_idled(user) else user


def _has_idled(user: User) -> bool:
    """Whether whoever runs a survey has been away for too long; notes that they are here now, if not."""
    now = clock.now().timestamp()
    used = browser.get(USED, now)
    # Never of participants: whoever has answered comes back after weeks, and finds what they said.
    if now - used > IDLE.total_seconds() and runs_a_survey(user):
        return True
    # Not at every request: the cookie would be sent anew each time.
    if USED not in browser or now - used > IDLE.total_seconds() / 100:
        browser[USED] = now
    return False


def runs_a_survey(user: User) -> bool:
    """Whether an account is more than a participant's: it has a role in some survey."""
    return db.session.scalar(select(Membership.id).filter_by(user_id=user.id).limit(1)) is not None


users = Users(db, User, Role, WebAuthn)


class Letters(MailUtil):
    """Addresses that letters may go to, and how letters about accounts are sent."""

    def validate(self, email: str) -> str:
        """One address as it is stored: in small letters, its domain in one script.

        Large and small letters are one account. As it was typed it would show, to whoever lets somebody in by an
        address in other letters, whether it was there before.

        Before the @ stands ASCII alone: few mail servers take anything else, and a letter in passing for another
        (`ı`, `ɑ`) would make an account that looks like somebody's.

        Raises
        ------
        EmailValidateException
            For several addresses at once, for a letter outside ASCII before the @, and for a domain that looks like
            another one.
        """
        email = trimmed(email)
        if has_request_context() and len(request.form.getlist("email")) > 1:
            raise EmailValidateException(gettext("Give one address: the form came with several."))
        if not email.rpartition("@")[0].isascii():
            raise EmailValidateException(
                gettext(
                    "Before the @ an address has letters from a to z, digits and signs alone: give another one."
                )
            )
        address: str = super().validate(email).lower()
        if mixes_scripts(address.rpartition("@")[2]):
            raise EmailValidateException(
                gettext("The address mixes letters of two alphabets after the @. Type it by hand.")
            )
        return address

    def normalize(self, email: str) -> str:
        """An address as it is looked up, without what came along when it was copied."""
        normalized: str = super().normalize(trimmed(email))
        return normalized

    def send_mail(
        self,
        template: str,
        subject: str,
        recipient: str | tuple[str, str],
        sender: str | tuple[str, str],
        body: str | None,
        html: str | None,
        **context: Any,
    ) -> None:
        """Send what Flask-Security has written, as plain text."""
        address = recipient if isinstance(recipient, str) else recipient[1]
        write_to(address, str(subject), (body or "").strip() + "\n")


def write_to(address: str, subject: str, text: str, *, known: bool = True) -> None:
    """Send a letter about an account, if this address has not had its fill of them.

    Parameters
    ----------
    known
        Whether there is an account. Where there is none the letter is written all the same, and thrown away: what it
        costs to write must not tell.
    """
    # Here alone: a command that writes to nobody counts nobody's letters.
    from .limits import may_have_a_letter

    if may_have_a_letter(address) and known:
        transport.send_soon(address, subject, text)
    else:
        transport.throw_away(address, subject, text)


class Passwords(PasswordUtil):
    """Length as set in the configuration, and nothing that is tried first."""

    def validate(self, password: str, is_register: bool, **facts: Any) -> tuple[list[str] | None, str]:
        """What is wrong with a password, and the password composed (NFKC) as it is hashed."""
        if len(password.encode("utf-8", "surrogatepass")) > LONGEST:
            return [gettext("This password is too long: 128 characters at most.")], password
        faults, normalized = super().validate(password, is_register, **facts)
        if not faults and is_common(normalized):
            faults = [
                gettext(
                    "This password is among the first that are tried. Three or four words of your own do well."
                )
            ]
        return faults, normalized


class Codes(Totp):
    """The authenticator's codes: each works once, also sent twice at the same moment and to two processes."""

    def get_last_counter(self, user: UserMixin) -> int | None:
        """The step of the last code that was used; TokenError meets every code of it or of an earlier one."""
        return cast(User, user).totp_counter

    def set_last_counter(self, user: UserMixin, tmatch: TotpMatch) -> None:
        """Note the step that was used, in one statement that one of two twins alone can do."""
        owner = cast(User, user)
        unused = or_(User.totp_counter.is_(None), User.totp_counter < tmatch.counter)
        # Kept in the store and not in this process: by itself the library lets another browser use a code again.
        noted = db.session.execute(
            update(User)
            .where(User.id == owner.id, unused)
            .values(totp_counter=tmatch.counter)
            .execution_options(synchronize_session="fetch")
        )
        if cast(CursorResult[Any], noted).rowcount != 1:
            raise UsedTokenError()


class Passkeys(WebauthnUtil):
    """Any passkey will do, on a stick or in the phone; one that signs in by itself checks its owner too."""

    def authenticator_selection(self, user: UserMixin, usage: str) -> AuthenticatorSelectionCriteria:
        """What is asked of a new passkey: found without an address, so that none has to be typed and told about."""
        alone = usage == "first"
        return AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED if alone else ResidentKeyRequirement.DISCOURAGED,
            user_verification=UserVerificationRequirement.REQUIRED
            if alone
            else UserVerificationRequirement.DISCOURAGED,
        )


class SignInForm(LoginForm):
    """Signing in; who was given an address that leads elsewhere signs in all the same, and stays here."""

    def validate_next(self, field: Field) -> None:
        """Forget a place to go on to that is not on this site."""
        if field.data and not validate_redirect_url(field.data):
            field.data = ""


class ResetForm(ForgotPasswordForm):
    """Asking for a new password; an address with an account costs the hash that one without costs already."""

    def validate(self, **given: Any) -> bool:
        """Whether a letter goes out; how long that took must not tell."""
        known: bool = super().validate(**given)
        if known:
            # Measured without it: 9 ms of CPU for an address that has an account, 212 for one that has none.
            hash_password("not-a-password")
        return known


def init_security(app: Flask, *, doors: bool) -> None:
    """Accounts, request forgery and headers; limits, where requests come in (`doors`)."""
    csrf.init_app(app)
    if doors:
        # Here alone: a command that answers no requests does not wait for what counts them.
        from .limits import init_limits

        init_limits(app)
    app.config.update(MESSAGES)
    security = Security(
        app,
        users,
        register_blueprint=True,
        login_form=SignInForm,
        forgot_password_form=ResetForm,
        mail_util_cls=Letters,
        password_util_cls=Passwords,
        totp_cls=Codes,
        webauthn_util_cls=Passkeys,
    )
    _by_session_alone(security)
    app.session_interface = PagesSessions()
    app.after_request(set_headers)


def _by_session_alone(security: Security) -> None:
    """Let nobody be signed in but by a session, which can be ended, idles and asks for the second factor.

    The library of accounts has tokens of its own: handed out with a JSON answer to whoever signs in and asks for one,
    valid for ever, and taken from any address, header or body. Programs have `survey.services.api_tokens`.
    """
    security.login_manager.request_loader(None)
    security.want_json(lambda _request: False)


class PagesSessions(SecureCookieSessionInterface):
    """Sessions of pages: what is the same for everybody has none, whatever an extension looked up on the way."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send the cookie, and tell caches that the answer rests on it; not with a public answer."""
        if not response.cache_control.public:
            super().save_session(app, session, response)


def set_headers(response: Response) -> Response:
    """The same headers on every answer; no cache stores any but what says that it is the same for everybody."""
    # A page may choose between the two policies and none other: whatever else an extension has set goes.
    framed = response.headers.get("Content-Security-Policy") == EMBED_POLICY
    for name, value in HEADERS.items():
        response.headers[name] = value
    if framed:
        response.headers["Content-Security-Policy"] = EMBED_POLICY
    # Browsers take it over TLS alone (RFC 6797, 8.1).
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if not response.cache_control.public:
        response.headers["Cache-Control"] = "no-store"
        response.vary.add("Cookie")
    return response
