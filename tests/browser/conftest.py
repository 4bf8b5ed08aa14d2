"""Real browsers on the whole product: what `make run` starts, two Chromiums, a camera file, a mail server."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from config import ROOT
from proctor_app import embedded
from scripts.setup import browser as find_chromium
from tests.browser.camera import Camera
from tests.browser.people import Candidate, Interviewer
from tests.conftest import Mailbox, Program, clean_environment
from tests.waiting import wait_until

FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
    *("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream=fps=10"),
)
HARMLESS = (
    # MediaPipe's runtime says on the error console how it works.
    "console: INFO: Created TensorFlow Lite",
    # In threading mode one thread may write to a socket that another has just closed: nobody waits for it any more.
    "console: WebSocket connection to .* failed: Data frame received after close",
)
INTERVIEWER_EMAIL = "ines@example.org"
INTERVIEWER_PASSWORD = "a password that nobody guesses"
# Both run before a page's own scripts. The console notes when each kind of incident first stood in its list, the
# candidate's page when it first stored an observation of that kind. Both browsers read this machine's clock.
NOTE_REFUSALS = """
document.addEventListener('securitypolicyviolation', (event) => {
  console.error('refused by the content policy:', event.violatedDirective, event.blockedURI);
});
"""
NOTE_SHOWN = """
window.notedAt = {};
new MutationObserver(() => {
  for (const { dataset } of document.querySelectorAll('[data-testid="incident"]')) {
    window.notedAt[`${dataset.kind} ${dataset.reason}`.trim()] ??= Date.now();
  }
}).observe(document, { childList: true, subtree: true, attributes: true });
"""
NOTE_STORED = """
window.notedAt = {};
for (const method of ['add', 'put']) {
  const original = IDBObjectStore.prototype[method];
  IDBObjectStore.prototype[method] = function (value, ...rest) {
    const { kind, reason } = value?.message ?? {};
    if (kind) window.notedAt[`${kind} ${reason ?? ''}`.trim()] ??= Date.now();
    return original.call(this, value, ...rest);
  };
}
"""


class Inbox(Mailbox):
    """The mail server of a whole run, for several interviews."""

    def wait_for_report(self, session_id: str) -> EmailMessage:
        """The first message with an attachment whose name holds the session's id."""
        return wait_until(lambda: self._find(session_id), f"the e-mail with the report of {session_id}", timeout=30)

    def _find(self, session_id: str) -> EmailMessage | None:
        names = ((mail, part.get_filename() or "") for mail in self.messages for part in mail.iter_attachments())
        return next((mail for mail, name in names if session_id in name), None)


@dataclass
class Site:
    """The running product."""

    url: str
    sign_in_link: str
    mail: Inbox
    program: Program


@dataclass
class Witness:
    """What went wrong in any page of a test. `expected` holds patterns of what the test brings about itself."""

    origin: str
    problems: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=lambda: list(HARMLESS))

    def attend(self, context: BrowserContext) -> None:
        """Listen to all pages of `context`."""
        context.add_init_script(NOTE_REFUSALS)
        context.on("request", lambda request: self._request(request.url))
        context.on(
            "console", lambda message: message.type == "error" and self.problems.append(f"console: {message.text}")
        )
        context.on("weberror", lambda error: self.problems.append(f"uncaught: {error.error}"))

    def _request(self, url: str) -> None:
        if not url.startswith((self.origin + "/", "blob:" + self.origin, "data:")):
            self.problems.append(f"request to another origin: {url}")

    def unexpected(self) -> list[str]:
        """The problems that no pattern in `expected` accounts for."""
        return [each for each in self.problems if not any(re.search(pattern, each) for pattern in self.expected)]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Database, migrations, jobs and web server, started with one command, and a mail server beside them."""
    folder = tmp_path_factory.mktemp("site")
    mail = Inbox()
    smtp = Controller(mail, hostname="127.0.0.1", port=embedded.free_port())
    smtp.start()
    env = {
        "DATA_DIR": str(folder / "var"),
        "PORT": str(embedded.free_port()),
        "SMTP_URL": f"smtp://127.0.0.1:{smtp.port}",
        "FACE_MODEL_PATH": str(ROOT / "var" / "models" / "face_landmarker.task"),
        "SOCKETIO_ASYNC_MODE": os.environ.get("SOCKETIO_ASYNC_MODE", ""),
        "ADMIN_EMAIL": INTERVIEWER_EMAIL,
        "ADMIN_PASSWORD": INTERVIEWER_PASSWORD,
        "RATE_LIMITS": "off",
        "TIMEZONE": "UTC",
    }
    log_path = folder / "log"
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "proctor_app.cli", "run"],
            env=clean_environment() | env,
            stdout=log,
            stderr=log,
        )
    program = Program(process, log_path)
    try:
        link = wait_until(lambda: _sign_in_link(program), "the sign-in link", timeout=60)
        yield Site(link.split("/", 3)[0] + "//" + link.split("/", 3)[2], link, mail, program)
    finally:
        program.stop()
        smtp.stop()
    assert _troubles(folder / "var" / "log") == []


def _troubles(logs: Path) -> list[str]:
    """What went wrong on the server's side while all tests ran, by its own logs."""
    lines = (line for log in sorted(logs.glob("*.log")) for line in log.read_text(errors="replace").splitlines())
    return [line for line in lines if re.search(r" ERROR | CRITICAL |^Traceback", line)]


def _sign_in_link(program: Program) -> str | None:
    assert program.process.poll() is None, f"the product ended by itself:\n{program.log()}"
    found = re.search(r"^Sign in: (http\S+)", program.log(), re.MULTILINE)
    return found[1] if found else None


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    # Playwright's own Node.js needs a library (libatomic) that a bare Debian lacks; the one of set-up needs none.
    node = shutil.which("node", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if node:
        os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", node)
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium. A machine without one is an error to mend, not a reason to skip."""
    found = find_chromium()
    assert found, "no Chromium found: install it (apt-get install chromium) or set CHROMIUM to its path"
    return found


Launch = Callable[..., Browser]


@pytest.fixture
def launch(playwright: Playwright, chromium: str) -> Iterator[Launch]:
    """`launch(*flags)` starts a Chromium with fake devices; it ends with the test."""
    started: list[Browser] = []

    def start(*flags: str) -> Browser:
        started.append(playwright.chromium.launch(executable_path=chromium, args=[*FLAGS, *flags]))
        return started[-1]

    yield start
    for each in started:
        each.close()


@pytest.fixture(scope="session")
def interviewer_browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    """One Chromium for all interviewers. Its camera is Chromium's own test picture."""
    started = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
    yield started
    started.close()


@pytest.fixture(scope="session")
def signed_in(site: Site, interviewer_browser: Browser) -> dict:
    """The cookies that the one-time link gave."""
    context = interviewer_browser.new_context()
    page = context.new_page()
    page.goto(site.sign_in_link)
    page.get_by_test_id("create-session").first.wait_for()
    state = context.storage_state()
    context.close()
    return dict(state)


@pytest.fixture
def witness(site: Site) -> Iterator[Witness]:
    """Fails the test when a page logged an error, threw, or asked another origin for anything."""
    present = Witness(site.url)
    yield present
    assert present.unexpected() == []


@pytest.fixture
def interviewer_page(site: Site, signed_in: dict, interviewer_browser: Browser, witness: Witness) -> Iterator[Page]:
    """A signed-in interviewer's page, not opened yet."""
    context = interviewer_browser.new_context(storage_state=signed_in, viewport={"width": 1280, "height": 720})
    context.add_init_script(NOTE_SHOWN)
    witness.attend(context)
    yield context.new_page()
    context.close()


@pytest.fixture
def interviewer(site: Site, interviewer_page: Page, pictures: Path) -> Interviewer:
    """The interviewer, at their list of interviews."""
    interviewer_page.goto(site.url + "/")
    return Interviewer(interviewer_page, pictures)


@pytest.fixture
def camera(tmp_path: Path) -> Iterator[Camera]:
    """What the candidate's camera sees: `camera.show("turned")`."""
    present = Camera(tmp_path / "camera.y4m")
    yield present
    # 80 MB, which pytest would keep for three runs.
    present.path.unlink()


@pytest.fixture
def candidate(launch: Launch, camera: Camera, witness: Witness, pictures: Path) -> Candidate:
    """The candidate, with a browser of their own whose camera is `camera`."""
    context = launch(*camera.chromium_flags).new_context(viewport={"width": 1100, "height": 800})
    context.add_init_script(NOTE_STORED)
    witness.attend(context)
    return Candidate(context.new_page(), pictures)


@pytest.fixture
def pictures(request: pytest.FixtureRequest) -> Path:
    """Where a test's screenshots go: var/screenshots/<test>."""
    folder = ROOT / "var" / "screenshots" / request.node.name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def stranger_page(interviewer_browser: Browser, witness: Witness) -> Iterator[Page]:
    """A page in a browser profile that has never been here."""
    context = interviewer_browser.new_context(viewport={"width": 1100, "height": 800})
    witness.attend(context)
    yield context.new_page()
    context.close()


@pytest.fixture
def page(site: Site, stranger_page: Page) -> Page:
    """A page of the product, in a profile with no data."""
    stranger_page.goto(site.url + "/sign-in")
    return stranger_page
