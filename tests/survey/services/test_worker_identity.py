"""Workers by name: whether the process of a claim can still be at its task."""

import os

import pytest

from survey.services.worker_identity import is_gone, new_worker


def test_on_windows_nobody_is_asked_by_a_signal_that_would_stop_them(monkeypatch: pytest.MonkeyPatch) -> None:
    worker, sent = new_worker(), []
    with monkeypatch.context() as windows:
        windows.setattr(os, "name", "nt")
        windows.setattr(os, "kill", lambda *signal: sent.append(signal))
        gone = is_gone(worker)
    assert (gone, sent) == (False, [])
