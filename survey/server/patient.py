"""A server's patience: a request that is still arriving after half a minute is cut, however busily it drips.

Waitress closes a connection that has been silent for some time; one byte a second keeps it open for ever, and two
hundred of those were all the connections it had.
"""

from typing import Any

from flask import Flask
from waitress import create_server
from waitress.channel import HTTPChannel

#: Seconds in which a whole request has to arrive: the largest takes two on a slow line of a phone.
ARRIVES_SECONDS = 30
#: How often the server looks for those that have not.
LOOK_SECONDS = 5
#: Each open connection is a file; what the system allows is seldom less.
CONNECTIONS = 900


class _Channel(HTTPChannel):  # type: ignore[misc]
    """A connection whose activity, while a request arrives, is the moment at which it began."""

    last_activity: float
    _begun: float | None = None

    def handle_read(self) -> None:
        """Read what has come; a request that goes on arriving is no new activity."""
        super().handle_read()
        if self.request is None:
            self._begun = None
        elif self._begun is None:
            self._begun = self.last_activity
        else:
            self.last_activity = self._begun


def patient_server(app: Flask, **settings: Any) -> Any:
    """A server that listens and answers nobody yet; `run()` it."""
    server = create_server(
        app,
        channel_timeout=ARRIVES_SECONDS,
        cleanup_interval=LOOK_SECONDS,
        connection_limit=CONNECTIONS,
        # The other way to wait for many connections breaks at a thousand files.
        asyncore_use_poll=True,
        **settings,
    )
    for listening in [server, *getattr(server, "map", {}).values()]:
        if hasattr(listening, "channel_class"):
            listening.channel_class = _Channel
    return server
