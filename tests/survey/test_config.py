"""Settings: read from the environment, refused where weak, documented once."""

import os
import re
import secrets
import stat
from pathlib import Path

import pytest

from survey import create_app
from survey.config import (
    SETTINGS,
    WeakSetting,
    asset_dir,
    database_url,
    flask_config,
    read_settings,
    unknown_settings,
)

STRONG = "correct horse battery staple 0123456789"


def settings(folder: Path, **given: str) -> dict[str, str]:
    return {"PARLEY_INSTANCE": str(folder), **{f"PARLEY_{name}": value for name, value in given.items()}}


def production(folder: Path, **given: str) -> dict[str, str]:
    whole = {"ENVIRONMENT": "production", "SECRET_KEY": STRONG, "TRUSTED_HOSTS": "parley.example.org"}
    return settings(folder, **{**whole, **given})


def test_every_default_can_be_read(tmp_path: Path) -> None:
    values = read_settings(settings(tmp_path))
    assert set(values) == {setting.name for setting in SETTINGS}
    assert (values["PORT"], values["RATE_LIMITS"], values["TRUSTED_HOSTS"]) == (8000, True, [])


def test_names_are_unique_and_meanings_are_said() -> None:
    names = [setting.name for setting in SETTINGS]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch("[A-Z_]+", setting.name) and setting.meaning for setting in SETTINGS)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("RATE_LIMITS", "perhaps"),
        ("ENVIRONMENT", "staging"),
        ("CONFIRM_DAYS", "0"),
        ("CONFIRM_DAYS", "²"),
        ("DATABASE_URL", "mysql://db/parley"),
        ("DATABASE_URL", "parley"),
        ("SECURE_COOKIES", "perhaps"),
        ("THREADS", "0"),
        ("PORT", "99999"),
        ("PORT", ""),
        ("CALLS_PER_MINUTE", "-5"),
        ("MAIL_PORT", "9" * 5000),
        ("PUBLIC_URL", "parley.example.org"),
        ("TRUSTED_HOSTS", "https://parley.example.org"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(WeakSetting, match=f"PARLEY_{name}"):
        read_settings(settings(tmp_path, **{name: value}))


def test_an_address_of_a_database_that_cannot_be_read_is_not_said_again(tmp_path: Path) -> None:
    values = read_settings(settings(tmp_path, DATABASE_URL="postgresql://anna:secret@db:many/parley"))
    with pytest.raises(WeakSetting, match="PARLEY_DATABASE_URL") as refused:
        database_url(values)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("given", "nearest"),
    [
        ("PARLEY_PROT", "PARLEY_PORT"),
        ("PARLEY_" + "SECRETKEY", "PARLEY_SECRET_KEY"),
        ("parley_port", "PARLEY_PORT"),
    ],
)
def test_a_misspelt_setting_is_named_at_the_start_without_its_value(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, given: str, nearest: str
) -> None:
    create_app({**settings(tmp_path, SECRET_KEY=STRONG), given: "hidden"}, doors=False)
    assert f"{given} is no setting" in caplog.text
    assert f"the nearest is {nearest}." in caplog.text
    assert "hidden" not in caplog.text


def test_what_the_readme_names_is_known() -> None:
    readme = Path(__file__).parents[2].joinpath("README.md").read_text(encoding="utf-8")
    assert unknown_settings(dict.fromkeys(re.findall("PARLEY_[A-Z_]+", readme), "")) == []


@pytest.mark.parametrize(
    ("weak", "named"),
    [
        ({"SECRET_KEY": ""}, "PARLEY_SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "PARLEY_SECRET_KEY"),
        ({"SECRET_KEY": "ab" * 30}, "PARLEY_SECRET_KEY"),
        ({"TRUSTED_HOSTS": ""}, "PARLEY_TRUSTED_HOSTS"),
    ],
)
def test_production_refuses_weak_settings(tmp_path: Path, weak: dict[str, str], named: str) -> None:
    with pytest.raises(WeakSetting, match=named):
        read_settings(production(tmp_path, **weak))


def test_production_takes_strong_ones_and_secures_cookies(tmp_path: Path) -> None:
    config = flask_config(read_settings(production(tmp_path)))
    assert config["SESSION_COOKIE_NAME"] == "__Host-parley"
    assert config["SESSION_COOKIE_SECURE"] is True
    assert config["TRUSTED_HOSTS"] == ["parley.example.org"]


def test_what_a_setting_may_be_is_said_where_it_is_not(tmp_path: Path) -> None:
    with pytest.raises(
        WeakSetting, match="PARLEY_PORT: expected a whole number from 0 to 65535, got 'eighty'"
    ):
        read_settings(settings(tmp_path, PORT="eighty"))
    with pytest.raises(WeakSetting, match="PARLEY_AUTHORS: expected nothing, anybody or owners, got 'me'"):
        read_settings(settings(tmp_path, AUTHORS="me"))


def test_of_two_processes_that_make_the_secret_at_once_the_first_one_s_stands_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = secrets.token_urlsafe

    def after_a_twin(size: int) -> str:
        monkeypatch.undo()
        assert read_settings(settings(tmp_path))["SECRET_KEY"]
        return made(size)

    monkeypatch.setattr(secrets, "token_urlsafe", after_a_twin)
    mine = read_settings(settings(tmp_path))["SECRET_KEY"]
    assert mine == read_settings(settings(tmp_path))["SECRET_KEY"]
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_development_makes_a_secret_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    first = read_settings(settings(tmp_path))["SECRET_KEY"]
    assert len(first) >= 32
    assert read_settings(settings(tmp_path))["SECRET_KEY"] == first
    assert stat.S_IMODE(os.stat(tmp_path / "secret_key").st_mode) == 0o600


def test_no_two_keys_are_alike_and_none_is_the_secret(tmp_path: Path) -> None:
    values = read_settings(settings(tmp_path, SECRET_KEY=STRONG))
    config = flask_config(values)
    assert len({STRONG, config["SECRET_KEY"], config["SECURITY_PASSWORD_SALT"]}) == 3


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgresql://anna:secret@db/parley", "postgresql+psycopg://anna:secret@db/parley"),
        ("postgres://db/parley", "postgresql+psycopg://db/parley"),
        ("postgresql+psycopg://db/parley", "postgresql+psycopg://db/parley"),
        ("sqlite:////tmp/x.sqlite", "sqlite:////tmp/x.sqlite"),
    ],
)
def test_a_plain_postgresql_address_means_the_driver_we_have(tmp_path: Path, given: str, used: str) -> None:
    assert database_url(read_settings(settings(tmp_path, DATABASE_URL=given))) == used


def test_without_an_address_the_database_is_in_the_instance_folder(tmp_path: Path) -> None:
    assert database_url(read_settings(settings(tmp_path))) == f"sqlite:///{tmp_path}/parley.sqlite"


def test_a_host_that_is_not_trusted_is_not_answered(tmp_path: Path) -> None:
    app = create_app(production(tmp_path))
    client = app.test_client()
    assert client.get("/login", base_url="https://elsewhere.example.org").status_code == 400
    assert client.get("/login", base_url="https://parley.example.org").status_code == 200


@pytest.mark.parametrize("name", ["templates", "migrations"])
def test_what_lies_beside_the_package_is_found(name: str) -> None:
    assert asset_dir(name).is_dir()
