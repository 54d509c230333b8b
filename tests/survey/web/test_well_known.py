"""Fixed addresses of a site: its signing keys as JSON, and whom to tell of a fault of security."""

from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey import clock
from survey.config import SETTINGS
from survey.security.signing import public_key_of
from survey.security.site_keys import read


def test_the_keys_of_the_site_are_told_with_their_days(client: FlaskClient) -> None:
    answer = client.get("/.well-known/parley-keys.json")
    assert answer.content_type == "application/json"
    (one,) = read(answer.data)
    assert one.signs_now and one.public == public_key_of(client.get("/signing-key.pem").data)
    assert public_key_of(answer.json["keys"][0]["pem"].encode()) == one.public


def test_faults_of_security_have_an_address_where_the_site_names_one(app: Flask, client: FlaskClient) -> None:
    assert client.get("/.well-known/security.txt").status_code == 404
    contact = next(one for one in SETTINGS if one.name == "SECURITY_CONTACT").read
    app.config["PARLEY"] = {**app.config["PARLEY"], "SECURITY_CONTACT": contact("guard@example.org")}
    answer = client.get("/.well-known/security.txt")
    assert answer.content_type == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert fields["Contact"] == "mailto:guard@example.org"
    ends = date.fromisoformat(fields["Expires"].removesuffix("T00:00:00Z"))
    assert clock.now().date() < ends < clock.now().date() + timedelta(days=365)
    with pytest.raises(ValueError, match="email address"):
        contact("guard\nContact: mailto:thief@example.org")
