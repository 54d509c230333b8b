"""The W3C's WebDriver as far as a walk needs it, for engines that Playwright does not drive as the system has them.

WebKitGTK has a driver that takes commands over HTTP (https://www.w3.org/TR/webdriver2/#endpoints); Firefox takes the
same commands itself, over Marionette (https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html). A
walk needs a dozen of them, for which a library would bring ten packages, and for Firefox one more program.
"""

import base64
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import httpx

Found = TypeVar("Found")

#: A command as Marionette calls it, and as method and path of the standard.
COMMANDS = {
    "Navigate": ("POST", "/url"),
    "FindElements": ("POST", "/elements"),
    "GetComputedLabel": ("GET", "/element/{id}/computedlabel"),
    "GetComputedRole": ("GET", "/element/{id}/computedrole"),
    "IsElementDisplayed": ("GET", "/element/{id}/displayed"),
    "ElementClick": ("POST", "/element/{id}/click"),
    "ElementClear": ("POST", "/element/{id}/clear"),
    "ElementSendKeys": ("POST", "/element/{id}/value"),
    "ExecuteScript": ("POST", "/execute/sync"),
    "TakeScreenshot": ("GET", "/screenshot"),
    "SetWindowRect": ("POST", "/window/rect"),
}
#: Under which key an element's name stands in what a driver answers (section "Elements" of the standard).
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
#: Seconds until a program answers after its start, and until it has done what it was told.
START, PATIENCE = 30.0, 60.0


class Refused(Exception):
    """A command cannot be carried out; why."""


class Session(ABC):
    """One window of a browser that takes commands."""

    @abstractmethod
    def ask(self, command: str, **body: Any) -> Any:
        """What a command of `COMMANDS` answers; `id` is the element it is about."""

    @abstractmethod
    def resize(self, width: int) -> None:
        """Give the page another width."""

    def complaints(self) -> list[str]:
        """What the browser itself has complained of; nothing where it does not tell."""
        return []

    def elements(self, selector: str) -> list[str]:
        """What a CSS selector finds, in the page's order."""
        found = self.ask("FindElements", using="css selector", value=selector)
        return [one[ELEMENT] for one in found]

    def run(self, function: str, *arguments: object) -> Any:
        return self.ask("ExecuteScript", script=f"return ({function})(...arguments)", args=arguments)

    def picture(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self.ask("TakeScreenshot", full=True)))


# ---- WebKitGTK


class WebKitSession(Session):
    """A window of WebKitGTK's own small browser, under its driver's address."""

    def __init__(self, driver: str, browser: str) -> None:
        self._client = httpx.Client(base_url=driver, timeout=PATIENCE)
        options = {"binary": browser, "args": ["--automation"]}
        wanted = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}}
        made = self._value(self._client.post("/session", json=wanted))
        self._client.base_url = f"{driver}/session/{made['sessionId']}"

    def ask(self, command: str, **body: Any) -> Any:
        method, path = COMMANDS[command]
        if method == "GET":
            return self._value(self._client.get(path.format(**body)))
        return self._value(self._client.post(path.format(**body), json=body))

    def resize(self, width: int) -> None:
        self._window(width, HEIGHT)

    def picture(self, path: Path) -> None:
        """The whole page: the window is made as high as that, since only what it shows is drawn."""
        width, height = self.run("() => [innerWidth, document.documentElement.scrollHeight]")
        self._window(width, height + BAR)
        self.run(
            "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))"
        )
        super().picture(path)
        self._window(width, HEIGHT)

    def _window(self, width: int, height: int) -> None:
        self.ask("SetWindowRect", x=0, y=0, width=width, height=min(height, HIGHEST))

    def close(self) -> None:
        with suppress(Refused, httpx.HTTPError):
            self._client.delete("")
        self._client.close()

    def _value(self, answer: httpx.Response) -> Any:
        value = answer.json()["value"]
        if answer.is_error:
            raise Refused(f"{value['error']}: {value['message']}")
        return value


#: The window of somebody who reads; the highest one, and pixels of it that are no page.
HEIGHT, HIGHEST, BAR = 1000, 8000, 40
#: The small browser's bar is wider than a phone: nothing of it takes room.
NO_BAR = "* { min-width: 0; padding: 0; margin: 0; border-width: 0; } entry { font-size: 1px; }"

#: Whoever walks wants no motion: what is pressed stays where it was found.
NO_MOTION = "[Settings]\ngtk-enable-animations=0\n"


def webkit() -> tuple[str, str, str] | None:
    """Where WebKitGTK's driver, its browser and a screen without a screen are; None where one is not installed."""
    driver, xvfb = shutil.which("WebKitWebDriver"), shutil.which("Xvfb")
    browsers = sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))
    return (driver, str(browsers[-1]), xvfb) if driver and xvfb and browsers else None


@contextmanager
def webkit_session(theme: str) -> Iterator[Session]:
    """A window of WebKitGTK that remembers nothing, on a screen of its own; pages have the theme that GTK has."""
    found = webkit()
    assert found is not None
    driver, browser, xvfb = found
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (home / "gtk-3.0").mkdir()
        (home / "gtk-3.0" / "gtk.css").write_text(NO_BAR)
        (home / "gtk-3.0" / "settings.ini").write_text(NO_MOTION)
        surroundings = os.environ | {
            "DISPLAY": stack.enter_context(screen(xvfb)),
            "XDG_CONFIG_HOME": str(home),
            "GTK_THEME": "Adwaita:dark" if theme == "dark" else "Adwaita",
            "LC_ALL": "C.UTF-8",
            "LANGUAGE": "en",
        }
        port = free_port()
        stack.enter_context(started([driver, f"--port={port}"], env=surroundings))
        soon(lambda: socket.create_connection(("127.0.0.1", port), timeout=1)).close()
        session = stack.enter_context(closing(WebKitSession(f"http://127.0.0.1:{port}", browser)))
        yield session


@contextmanager
def screen(program: str) -> Iterator[str]:
    """A screen in memory; its name."""
    told, tell = os.pipe()
    command = [
        program,
        "-displayfd",
        str(tell),
        "-screen",
        "0",
        f"1600x{HIGHEST}x24",
        "-nolisten",
        "tcp",
        "-noreset",
    ]
    with started(command, pass_fds=(tell,)):
        os.close(tell)
        with os.fdopen(told) as names:
            yield f":{names.readline().strip()}"


# ---- Firefox


class FirefoxSession(Session):
    """A window of Firefox, over Marionette: a message is its length, a colon and JSON."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self._stream = self._socket.makefile("rb")
        self._number = 0
        self._message()  # Firefox greets
        self.ask("NewSession")

    def ask(self, command: str, **body: Any) -> Any:
        return self._tell(f"WebDriver:{command}", body)

    def resize(self, width: int) -> None:
        # A window of Firefox is never as narrow as a phone: what holds the page is, as in its own view of phones.
        self._in_the_frame(
            "gBrowser.selectedBrowser.style.cssText = `min-width: 0; width: ${arguments[0]}px; flex: none`;"
            "gBrowser.selectedBrowser.style.maxWidth = `${arguments[0]}px`;",
            width,
        )

    def complaints(self) -> list[str]:
        """Errors of scripts and refusals by the page's policy."""
        found: list[str] = self._in_the_frame(
            "return Services.console.getMessageArray().filter((one) => one instanceof Ci.nsIScriptError"
            " && one.sourceName.startsWith('http') && !(one.flags & one.warningFlag)).map((one) => one.errorMessage)"
        )
        return found

    def close(self) -> None:
        self._stream.close()
        self._socket.close()

    def _in_the_frame(self, script: str, *arguments: object) -> Any:
        """Run a script of the browser itself, outside the page."""
        self._tell("Marionette:SetContext", {"value": "chrome"})
        try:
            return self.ask("ExecuteScript", script=script, args=arguments)
        finally:
            self._tell("Marionette:SetContext", {"value": "content"})

    def _tell(self, command: str, body: Mapping[str, Any]) -> Any:
        self._number += 1
        message = json.dumps([0, self._number, command, body])
        self._socket.sendall(f"{len(message.encode())}:{message}".encode())
        _response, _number, error, result = self._message()
        if error:
            raise Refused(f"{error['error']}: {error['message']}")
        return result["value"] if isinstance(result, dict) and "value" in result else result

    def _message(self) -> Any:
        length = b""
        while not length.endswith(b":"):
            read = self._stream.read(1)
            if not read:
                raise Refused("Firefox has ended")
            length += read
        return json.loads(self._stream.read(int(length[:-1])))


#: Nothing is asked, told or fetched by itself; the theme is 0 where it is dark, 1 light.
SETTINGS = """\
user_pref("marionette.port", 0);
user_pref("layout.css.prefers-color-scheme.content-override", {theme});
user_pref("intl.accept_languages", "en-GB, en");
user_pref("ui.prefersReducedMotion", 1);
"""


def firefox() -> str | None:
    """Where the system's Firefox is; None where it is not installed."""
    return shutil.which("firefox-esr") or shutil.which("firefox")


@contextmanager
def firefox_session(theme: str) -> Iterator[Session]:
    """A window of Firefox that remembers nothing."""
    program = firefox()
    assert program is not None
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        profile = Path(home)
        (profile / "user.js").write_text(SETTINGS.format(theme=0 if theme == "dark" else 1))
        command = [program, "--headless", "--marionette", "--remote-allow-system-access", "--profile", home]
        size = {"MOZ_HEADLESS_WIDTH": "1400", "MOZ_HEADLESS_HEIGHT": "1100", "HOME": home}
        with started(command, env=os.environ | size):
            port = soon(lambda: int((profile / "MarionetteActivePort").read_text()))
            with closing(FirefoxSession(port)) as session:
                yield session


# ---- Programs


@contextmanager
def started(command: list[str], **more: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A program that runs until the end of the block, and says nothing."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=START)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def soon(ask: Callable[[], Found]) -> Found:
    """What is there once a program has started."""
    end = time.monotonic() + START
    while True:
        with suppress(OSError, ValueError):
            return ask()
        assert time.monotonic() < end, f"nothing answers after {START:.0f} s"
        time.sleep(0.05)
