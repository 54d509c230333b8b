"""Writers who answer as people and programs do: twice at once, again later, without waiting for the answer."""

import random
import threading
import time
from collections.abc import Callable

from .door import PATIENCE, Door, Person, Refused, Unanswered
from .history import Act, History, Reading

#: Shares of what a writer does next.
LATE_REPEATS = 0.15
DOUBLE_SENDS = 0.10
HANG_UPS = 0.05
READINGS = 0.03
#: Seconds after which a writer gives up on one forecast.
LAST_TRY = 3 * PATIENCE


class Writer(threading.Thread):
    """One of the programs somebody answers with; every forecast is sent until it is acknowledged."""

    def __init__(self, door: Door, person: Person, history: History, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.door = door
        self.person = person
        self.history = history
        self.stop = stop

    def run(self) -> None:
        """Act after act until told to stop."""
        while not self.stop.wait(random.uniform(0, 0.02)):
            chance = random.random()
            earlier = self.history.earlier_act(self.person) if chance < LATE_REPEATS else None
            if earlier is not None:
                self.deliver(earlier)
            elif chance > 1 - READINGS:
                self._read()
            else:
                self._new_forecast()

    def deliver(self, act: Act) -> None:
        """Send an act until it is acknowledged, the same key and value each time."""
        deadline = time.monotonic() + LAST_TRY
        while time.monotonic() < deadline:
            began = time.monotonic()
            act.sent_at = act.sent_at or began
            try:
                receipt = self.door.forecast(self.person, act.key, act.value)
            except Refused as refusal:
                self.history.refusals.append(str(refusal))
                return
            except Unanswered as failure:
                self.history.count(str(failure))
                time.sleep(random.uniform(0.05, 0.25))
            else:
                self.history.acknowledge(act, receipt, began, time.monotonic())
                return
        self.history.refusals.append(f"{act.key}: no acknowledgement in {LAST_TRY:.0f} s")

    def _new_forecast(self) -> None:
        act = self.history.new_act(self.person)
        chance = random.random()
        if chance < DOUBLE_SENDS:
            twin = threading.Thread(target=self.deliver, args=(act,), daemon=True)
            act.sent_at = time.monotonic()
            twin.start()
            self.deliver(act)
            twin.join()
            return
        if chance < DOUBLE_SENDS + HANG_UPS:
            act.sent_at = time.monotonic()
            self._quietly(lambda: self.door.hang_up(self.person, act.key, act.value))
        self.deliver(act)

    def _read(self) -> None:
        began = time.monotonic()

        def look() -> None:
            seen = self.door.last_revision(self.person)
            self.history.readings.append(Reading(self.person.join_key, began, seen))

        self._quietly(look)

    def _quietly(self, step: Callable[[], None]) -> None:
        try:
            step()
        except Refused as refusal:
            self.history.refusals.append(str(refusal))
        except Unanswered as failure:
            self.history.count(str(failure))
