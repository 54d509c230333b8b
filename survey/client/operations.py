"""A method for each operation of the JSON interface; written from the OpenAPI document."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

from . import answers
from .transport import Row, Transport, fresh_key, version_tag


class Operations(Transport):
    """What the interface does, operation by operation."""

    def list_surveys(self, *, limit: int | None = None) -> Iterator[answers.SurveyInList]:
        """Every public survey.

        Surveys that are open by link or to invited people alone are not listed.
        """
        return self._rows("/api/v1/surveys", query={"limit": limit})

    def one_survey(self, slug: str) -> answers.Survey:
        """One survey, with its rules and its consent."""
        return cast("answers.Survey", self._call("GET", "/api/v1/surveys/{slug}", {"slug": slug}))

    def list_questions(self, slug: str, *, limit: int | None = None) -> Iterator[answers.Question]:
        """Every question of a survey, in its order."""
        return self._rows("/api/v1/surveys/{slug}/questions", {"slug": slug}, query={"limit": limit})

    def one_question(self, slug: str, key: str) -> answers.Question:
        """One question.

        `asked` names each number that a forecast has to give now, and what it is: a fraction, a number, a
        date.
        """
        return cast(
            "answers.Question",
            self._call("GET", "/api/v1/surveys/{slug}/questions/{key}", {"slug": slug, "key": key}),
        )

    def preregistration(self, slug: str) -> answers.Preregistration:
        """Since when it stands, its signature, and what has changed since.

        404 too where the survey has none: it was opened before there were any.
        """
        return cast(
            "answers.Preregistration",
            self._call("GET", "/api/v1/surveys/{slug}/preregistration", {"slug": slug}),
        )

    def preregistered_file(self, slug: str, to: str | Path) -> Path:
        """The signed bytes themselves: canonical JSON.

        The signature is Ed25519 over these very bytes. `text` has the same in plain words, by language.
        """
        return self._save("/api/v1/surveys/{slug}/preregistration.json", {"slug": slug}, to)

    def join(self, slug: str, body: answers.Join, *, idempotency_key: str | None = None) -> answers.Joined:
        """Join a survey.

        Show the person the survey's consent first. Token and code are in this answer and nowhere else: what
        is stored of them is a hash. One `Idempotency-Key` makes one participant; a repeat is answered with
        409. Where the answer was lost, join with another key: nothing has been said under the first.

        With the token of a user who has a role in the survey, the participant is theirs and stays outside the
        published crowd.
        """
        return cast(
            "answers.Joined",
            self._call(
                "POST",
                "/api/v1/surveys/{slug}/participants",
                {"slug": slug},
                body=body,
                headers={"Idempotency-Key": idempotency_key or fresh_key()},
            ),
        )

    def come_back(self, slug: str, body: answers.Code) -> answers.Token:
        """Get a new token by code.

        Earlier tokens go on working: each device has its own. Every code that does not work gets the same
        answer, also where there is no such survey.
        """
        return cast(
            "answers.Token", self._call("POST", "/api/v1/surveys/{slug}/tokens", {"slug": slug}, body=body)
        )

    def revoke(self) -> None:
        """Let the token of this call stop working."""
        self._call("DELETE", "/api/v1/token")

    def erase_me(self, slug: str) -> None:
        """Erase everything one has given, for ever.

        Forecasts, reasons, consents, code and tokens are deleted; snapshots that hold them are given out no
        more. What was published stays, and what others downloaded cannot be called back.
        """
        self._call("DELETE", "/api/v1/surveys/{slug}/participants/me", {"slug": slug})

    def agree(self, slug: str, body: answers.Agreement) -> answers.Consent:
        """Agree to the consent as it stands now.

        Needed where it has changed since the person joined: until then their forecasts are answered with 409.
        """
        return cast(
            "answers.Consent", self._call("POST", "/api/v1/surveys/{slug}/consent", {"slug": slug}, body=body)
        )

    def forecast(
        self, slug: str, key: str, body: answers.Forecast, *, idempotency_key: str | None = None
    ) -> answers.Receipt:
        """Give a forecast, or change it.

        All fields that the question asks now, in one call. The options of a choice may miss 1 by 0.0025, or
        by what rounding each to its last place (a thousandth at most) leaves over, and are stored divided by
        their sum; deadlines and quantiles must not decrease.
        """
        return cast(
            "answers.Receipt",
            self._call(
                "POST",
                "/api/v1/surveys/{slug}/questions/{key}/forecasts",
                {"slug": slug, "key": key},
                body=body,
                headers={"Idempotency-Key": idempotency_key or fresh_key()},
            ),
        )

    def own_forecast(self, slug: str, key: str) -> answers.Own:
        """What one has said to a question, with its history."""
        return cast(
            "answers.Own",
            self._call("GET", "/api/v1/surveys/{slug}/questions/{key}/forecasts", {"slug": slug, "key": key}),
        )

    def affirm(self, slug: str, key: str, *, idempotency_key: str | None = None) -> answers.Receipt:
        """Say again what stands, under the version now current."""
        return cast(
            "answers.Receipt",
            self._call(
                "POST",
                "/api/v1/surveys/{slug}/questions/{key}/affirm",
                {"slug": slug, "key": key},
                headers={"Idempotency-Key": idempotency_key or fresh_key()},
            ),
        )

    def withdraw(self, slug: str, key: str, *, idempotency_key: str | None = None) -> answers.Receipt:
        """Take the standing forecast back.

        It stays in the history and leaves the crowd with the next publication.
        """
        return cast(
            "answers.Receipt",
            self._call(
                "POST",
                "/api/v1/surveys/{slug}/questions/{key}/withdraw",
                {"slug": slug, "key": key},
                headers={"Idempotency-Key": idempotency_key or fresh_key()},
            ),
        )

    def skip(self, slug: str, key: str) -> answers.Skipped:
        """Say “I can't judge this”.

        Counts as answered for what may be seen; a repeat returns the first. The question can be answered
        later.
        """
        return cast(
            "answers.Skipped",
            self._call("POST", "/api/v1/surveys/{slug}/questions/{key}/skip", {"slug": slug, "key": key}),
        )

    def own_forecasts(self, slug: str, *, limit: int | None = None) -> Iterator[answers.Own]:
        """What one has said to every question one has answered or skipped."""
        return self._rows("/api/v1/surveys/{slug}/forecasts", {"slug": slug}, query={"limit": limit})

    def coherence(self, slug: str, *, limit: int | None = None) -> Iterator[answers.OwnClash]:
        """What of one's own answers can't all be true, the largest clash first.

        Answers stay as they were given, whatever is made of this: nothing has to be mended. It is asked apart
        from a receipt, so that whoever gives a thousand forecasts does not wait for it a thousand times.
        """
        return self._rows("/api/v1/surveys/{slug}/coherence", {"slug": slug}, query={"limit": limit})

    def crowd_of_question(
        self,
        slug: str,
        key: str,
        *,
        version: int | None = None,
        round: int | None = None,
        group: str | None = None,
        entry: str | None = None,
        as_of: str | None = None,
    ) -> answers.Crowd:
        """The crowd of a question.

        As its last publication tells it, or the last by `as_of`. A version, a round or a group is a part of
        the crowd, and withheld where it, or everybody else, is too few. Where nothing is shown, the refusal's
        `reason` says why.
        """
        return cast(
            "answers.Crowd",
            self._call(
                "GET",
                "/api/v1/surveys/{slug}/questions/{key}/crowd",
                {"slug": slug, "key": key},
                query={"version": version, "round": round, "group": group, "entry": entry, "as_of": as_of},
            ),
        )

    def list_scenarios(self, slug: str, *, limit: int | None = None) -> Iterator[answers.Scenario]:
        """The scenarios of a survey, without their chances."""
        return self._rows("/api/v1/surveys/{slug}/scenarios", {"slug": slug}, query={"limit": limit})

    def chances_of_scenario(
        self,
        slug: str,
        scenario: str,
        *,
        whose: str | None = None,
        group: str | None = None,
        set: str | None = None,
    ) -> answers.Chances:
        """The chances of scenarios.

        Shown to whoever may see the crowd of every question they are computed from. An event whose outcome is
        known has the probability 1 or 0; the rest is conditional on it. One's own are shown to oneself at any
        time; where answers are missing there are bounds alone.
        """
        return cast(
            "answers.Chances",
            self._call(
                "GET",
                "/api/v1/surveys/{slug}/scenarios/{scenario}",
                {"slug": slug, "scenario": scenario},
                query={"whose": whose, "group": group, "set": set},
            ),
        )

    def outcomes_of_question(
        self, slug: str, key: str, *, limit: int | None = None
    ) -> Iterator[answers.PastResolution]:
        """Every outcome of a question, newest first.

        None is overwritten: a correction or an annulment supersedes what stood. Scores of the crowd, and what
        a correction changed in people's scores, are told to whom the crowd is shown.
        """
        return self._rows(
            "/api/v1/surveys/{slug}/questions/{key}/resolutions",
            {"slug": slug, "key": key},
            query={"limit": limit},
        )

    def resolve(self, slug: str, key: str, body: answers.Outcomes) -> answers.Resolved:
        """Say what came out.

        Everybody's scores are stored with it, and what follows for questions under a condition. Where a
        survey is run by two or more people it is proposed: a second one has to approve it. A correction
        supersedes what stood; the same outcome again changes nothing. Of a pair, name the branch whose
        condition came true; the other is annulled too.
        """
        return cast(
            "answers.Resolved",
            self._call(
                "POST",
                "/api/v1/surveys/{slug}/questions/{key}/resolutions",
                {"slug": slug, "key": key},
                body=body,
            ),
        )

    def leaderboard(
        self, slug: str, *, limit: int | None = None, measure: str | None = None, theme: str | None = None
    ) -> Iterator[answers.Leaderboard]:
        """The leaderboard of a survey or theme.

        Everybody who was scored on five questions or more, the best first. Shown to whoever may see the crowd
        of every question it rests on; where it is not, the refusal's `reason` says why: `pilot`, `organizers
        only`, `open to anybody`, `awaited`, `unseen` (first answer or skip the questions in `awaited`), `too
        few people`.
        """
        return self._parts(
            "/api/v1/surveys/{slug}/leaderboard",
            {"slug": slug},
            query={"limit": limit, "measure": measure, "theme": theme},
        )

    def publish_due(self, slug: str) -> answers.Published:
        """Publish what is due.

        As of the end of yesterday, UTC. A repeat publishes nothing more.
        """
        return cast(
            "answers.Published", self._call("POST", "/api/v1/surveys/{slug}/publications", {"slug": slug})
        )

    def coherence_of_people(self, slug: str) -> answers.PeoplesCoherence:
        """How people's answers go together.

        Of those who answered two questions that hang together. Made anew once five people have changed what
        they say; shares are told where enough people are on both sides. `reason` says why there is nothing:
        `open to anybody` (what people say there is moved by chance before anything is computed of it),
        `untied`, `awaited`, `pilot`.
        """
        return cast(
            "answers.PeoplesCoherence",
            self._call("GET", "/api/v1/surveys/{slug}/people/coherence", {"slug": slug}),
        )

    def list_proposals(self, slug: str, *, limit: int | None = None) -> Iterator[answers.Proposals]:
        """List proposed outcomes.

        Those that wait for a second person, and those that were approved, refused or withdrawn.
        """
        return self._parts("/api/v1/surveys/{slug}/proposals", {"slug": slug}, query={"limit": limit})

    def decide_proposal(self, slug: str, number: int, body: answers.Decision) -> answers.Proposal:
        """Approve, refuse or withdraw a proposed outcome.

        Approved, it stands with everybody's scores. Where something it rests on has changed it is refused,
        and the sentence says what.
        """
        return cast(
            "answers.Proposal",
            self._call(
                "POST",
                "/api/v1/surveys/{slug}/proposals/{number}/decision",
                {"slug": slug, "number": number},
                body=body,
            ),
        )

    def begin_draft(self, body: answers.Begin, *, idempotency_key: str | None = None) -> answers.Draft:
        """Begin a survey.

        Blank, with a document, or as a copy of a bank or of a survey that you write. It is yours from then
        on. On some sites only owners of a survey may begin another.
        """
        return cast(
            "answers.Draft",
            self._call(
                "POST",
                "/api/v1/drafts",
                body=body,
                headers={"Idempotency-Key": idempotency_key or fresh_key()},
            ),
        )

    def list_drafts(self, *, limit: int | None = None) -> Iterator[answers.DraftInList]:
        """The surveys that you write, those that were begun last first.

        A survey that was opened and not written on since is found by its address alone.
        """
        return self._rows("/api/v1/drafts", query={"limit": limit})

    def read_draft(self, slug: str) -> answers.Draft:
        """One survey as it is written.

        Of an open survey on which nobody wrote since, what participants read.
        """
        return cast("answers.Draft", self._call("GET", "/api/v1/drafts/{slug}", {"slug": slug}))

    def replace_draft(self, slug: str, body: answers.Replace, version: int | str) -> answers.Draft:
        """Put a document in the place of what is written.

        One change, which its writer can take back in the editor. The address stays; as unfinished as it may
        be, it is kept, and `check_draft` says what is missing.
        """
        return cast(
            "answers.Draft",
            self._call(
                "PUT",
                "/api/v1/drafts/{slug}",
                {"slug": slug},
                body=body,
                headers={"If-Match": version_tag(version)},
            ),
        )

    def edit_draft(self, slug: str, body: answers.Edits, version: int | str) -> answers.Draft:
        """Change places of what is written.

        All of them or none, as one change. A path that leads to nothing makes what is missing on the way, but
        for a question, theme or other thing with a key, which is put there whole. What a question of another
        kind does not have any more goes with it.
        """
        return cast(
            "answers.Draft",
            self._call(
                "PATCH",
                "/api/v1/drafts/{slug}",
                {"slug": slug},
                body=body,
                headers={"If-Match": version_tag(version)},
            ),
        )

    def delete_draft(self, slug: str, version: int | str) -> None:
        """Delete a draft that was never opened, with everything in it.

        For its owner to do; there is no way back.
        """
        self._call(
            "DELETE", "/api/v1/drafts/{slug}", {"slug": slug}, headers={"If-Match": version_tag(version)}
        )

    def plan_import(self, slug: str, body: answers.File) -> answers.Plan:
        """Look at what an import would do.

        Nothing is stored. A file with a fault is refused with each, by its row.
        """
        return cast(
            "answers.Plan",
            self._call("POST", "/api/v1/drafts/{slug}/import-plans", {"slug": slug}, body=body),
        )

    def import_file(self, slug: str, body: answers.LookedAt, version: int | str) -> answers.Plan:
        """Import a file.

        As one change: everything of it, or nothing. A whole survey takes the place of what is written;
        questions alone are added, or change those with the same key.
        """
        return cast(
            "answers.Plan",
            self._call(
                "POST",
                "/api/v1/drafts/{slug}/imports",
                {"slug": slug},
                body=body,
                headers={"If-Match": version_tag(version)},
            ),
        )

    def check_draft(self, slug: str) -> answers.Checked:
        """What keeps a survey from being opened, and what the standard of a question advises."""
        return cast("answers.Checked", self._call("GET", "/api/v1/drafts/{slug}/check", {"slug": slug}))

    def open_draft(self, slug: str, version: int | str) -> answers.Draft:
        """Open a survey; of one that is open, publish what was changed.

        The first time it is for its owner to do. From the first answer on, what gives answers their meaning
        cannot change any more. Changed words are the next version of their question.
        """
        return cast(
            "answers.Draft",
            self._call(
                "POST",
                "/api/v1/drafts/{slug}/openings",
                {"slug": slug},
                headers={"If-Match": version_tag(version)},
            ),
        )

    def export_draft(self, slug: str, format_: str, to: str | Path) -> Path:
        """A survey as it is written, as a file: whole, as CSV its questions alone."""
        return self._save("/api/v1/drafts/{slug}/export.{format_}", {"slug": slug, "format_": format_}, to)

    def put_away(self, slug: str) -> answers.Draft:
        """Put a draft away.

        It cannot be changed until it is brought back; a survey that is open goes on as it is. A repeat
        changes nothing.
        """
        return cast("answers.Draft", self._call("POST", "/api/v1/drafts/{slug}/archive", {"slug": slug}))

    def bring_back(self, slug: str) -> answers.Draft:
        """Bring a draft back."""
        return cast("answers.Draft", self._call("DELETE", "/api/v1/drafts/{slug}/archive", {"slug": slug}))

    def list_snapshots(self, slug: str, *, limit: int | None = None) -> Iterator[answers.Snapshot]:
        """The snapshots there are, oldest first."""
        return self._rows("/api/v1/surveys/{slug}/snapshots", {"slug": slug}, query={"limit": limit})

    def freeze_snapshot(self, slug: str, body: answers.FreezeOptions | None = None) -> answers.Task:
        """Freeze everything received by the end of yesterday, UTC.

        It is made in the background; `Location` is the address of its task, which says how far it is. Whoever
        has one in the making gets that one's: nobody has two at a time, and none with other options. The body
        may be left out.
        """
        return cast(
            "answers.Task",
            self._call("POST", "/api/v1/surveys/{slug}/snapshots", {"slug": slug}, body=body or {}),
        )

    def disclosure_report(
        self, slug: str, *, k: int | None = None, not_identifying: str | None = None
    ) -> answers.DisclosureReport:
        """Who could be singled out in a snapshot of yesterday, if nothing were suppressed.

        k-anonymity of what people said about themselves, by question, by two together and by all; l-diversity
        of the forecasts over all. A bundle has the same of what it tells in `disclosure.csv`.
        """
        return cast(
            "answers.DisclosureReport",
            self._call(
                "GET",
                "/api/v1/surveys/{slug}/disclosure-report",
                {"slug": slug},
                query={"k": k, "not_identifying": not_identifying},
            ),
        )

    def snapshot_task(self, slug: str, number: int) -> answers.Task:
        """How far a snapshot is.

        Where it goes on, `Retry-After` says when to ask again; once it is `done`, `snapshot` is its number.
        """
        return cast(
            "answers.Task",
            self._call("GET", "/api/v1/surveys/{slug}/tasks/{number}", {"slug": slug, "number": number}),
        )

    def cancel_task(self, slug: str, number: int) -> answers.Task:
        """Cancel the making of a snapshot.

        Nothing of it is kept. One that is over stays as it is. Somebody else's is cancelled by owners alone.
        """
        return cast(
            "answers.Task",
            self._call("DELETE", "/api/v1/surveys/{slug}/tasks/{number}", {"slug": slug, "number": number}),
        )

    def forecasts_long(self, slug: str, number: int, to: str | Path) -> Path:
        """Every number of every submission, one a row.

        Each download leaves an entry in the survey's log.
        """
        return self._save(
            "/api/v1/surveys/{slug}/snapshots/{number}/forecasts_long.csv",
            {"slug": slug, "number": number},
            to,
        )

    def bundle(self, slug: str, number: int, to: str | Path) -> Path:
        """Every table with its codebook and descriptions, in one signed archive.

        `parley bundle verify` checks it, `parley bundle recompute` computes every figure in it again. Each
        download leaves an entry in the survey's log.
        """
        return self._save(
            "/api/v1/surveys/{slug}/snapshots/{number}/bundle.zip", {"slug": slug, "number": number}, to
        )

    def questions_table(self, slug: str, number: int, to: str | Path) -> Path:
        """Every question, one a row.

        Each download leaves an entry in the survey's log.
        """
        return self._save(
            "/api/v1/surveys/{slug}/snapshots/{number}/questions.csv", {"slug": slug, "number": number}, to
        )

    def forecast_rows(
        self,
        slug: str,
        number: int,
        to: str | Path,
        *,
        questions: str | None = None,
        accept: str = "application/x-ndjson",
    ) -> Path:
        """The rows of `forecasts_long.csv` as a stream, of all questions or of some.

        As `Accept` asks, one JSON object a line (`application/x-ndjson`; numbers are numbers, what is missing
        is null) or CSV, whose text no spreadsheet runs; under gzip where `Accept-Encoding` has it. Each
        stream leaves an entry in the survey's log.
        """
        return self._save(
            "/api/v1/surveys/{slug}/snapshots/{number}/forecasts",
            {"slug": slug, "number": number},
            to,
            query={"questions": questions},
            accept=accept,
        )

    def each_of_forecast_rows(self, slug: str, number: int, *, questions: str | None = None) -> Iterator[Row]:
        """The rows themselves, with their types, one at a time as they come."""
        return self._lines(
            "/api/v1/surveys/{slug}/snapshots/{number}/forecasts",
            {"slug": slug, "number": number},
            query={"questions": questions},
        )
