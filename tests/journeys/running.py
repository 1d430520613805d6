"""A whole Opale with its demo company, and a mail server that takes all."""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from opale.cli.postgres import free_port

ROOT = Path(__file__).parents[2]
WHOLE_CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
CHROMIUM = shutil.which("chromium-headless-shell") or WHOLE_CHROMIUM
"""Without the windows around its pages, where that is installed: a third less processor time."""
CHROMIUM_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass
class Sink:
    """A mail server on loopback: every mail it took, parsed, and as it came with its readers."""

    port: int
    mails: list[EmailMessage] = field(default_factory=list)
    taken: list[tuple[list[str], bytes]] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's name
        content = envelope.content
        raw = content if isinstance(content, bytes) else (content or "").encode()
        self.taken.append((envelope.rcpt_tos, raw))
        self.mails.append(message_from_bytes(raw, policy=policy.default))
        return "250 OK"


@contextmanager
def mail_sink() -> Iterator[Sink]:
    sink = Sink(free_port())
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()


ANSWERING = """
import contextlib, io, json, sys
from django.db import connections
for line in sys.stdin:
    with contextlib.redirect_stdout(io.StringIO()) as said:
        exec(json.loads(line), {})
    connections.close_all()
    print(json.dumps(said.getvalue()), flush=True)
"""
"""A program for each line, and a line for what it printed: to load Opale takes longer than most."""


@dataclass
class Opale:
    """A running installation: where it is, who can log in, what may post to it."""

    base_url: str
    personas: dict[str, dict[str, str]]
    integrations: dict[str, dict[str, str]]
    data: Path
    process: subprocess.Popen[bytes]
    asked: "subprocess.Popen[str] | None" = None
    """The process inside the installation that runs what is asked, from the first question on."""

    def api(self, path: str, persona: str = "desk_agent") -> Any:
        return self._asked(path, persona, None)

    def tell(self, path: str, body: object, persona: str = "desk_agent") -> Any:
        return self._asked(path, persona, json.dumps(body).encode())

    def _asked(self, path: str, persona: str, body: bytes | None) -> Any:
        request = urllib.request.Request(  # loopback
            f"{self.base_url}/api/v1{path}",
            data=body,
            headers={
                "Authorization": f"Bearer {self.personas[persona]['api_token']}",
                "Content-Type": "application/json",
            },
        )
        with urllib.request.urlopen(request, timeout=20) as answer:  # loopback
            return json.load(answer)

    def ask(self, program: str) -> str:
        """What a short program prints last inside the running installation."""
        if self.asked is None:
            words = ["manage", "--data", str(self.data), "shell", "--no-imports", "-c", ANSWERING]
            self.asked = subprocess.Popen(  # our own command
                [sys.executable, "-m", "opale.cli", *words],
                env=clean_environment(),
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self.asked.stdin
        assert self.asked.stdout
        self.asked.stdin.write(json.dumps(program) + "\n")
        self.asked.stdin.flush()
        answer = self.asked.stdout.readline()
        assert answer, "the program failed: its traceback is among what was said to stderr"
        return str(json.loads(answer).strip().splitlines()[-1])

    def leave_unasked(self) -> None:
        """End the process that answers."""
        if self.asked:
            self.asked.communicate(timeout=60)


def clean_environment() -> dict[str, str]:
    """The environment of a newcomer: nothing of the suite's own settings."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("OPALE_", "DJANGO_", "DATABASE_"))
    }
    return kept | {"PYTHONPATH": str(ROOT / "src")}


LONG_SHIFT = """
from datetime import timedelta
from opale.kernel import clock
from opale.kernel.attribution import attributed
from opale.kernel.actor import system
from opale.organisation.models import Team
from opale.run.shifts.models import Duty

now = clock.now()
desk = Duty.objects.filter(team__kind=Team.Kind.SERVICE_DESK, kind=Duty.Kind.STAFFED)
with attributed(system("journeys")):
    running = list(desk.filter(period__contains=now))
    soon = now + timedelta(hours=20)
    coming = desk.filter(period__startswith__gt=now, period__startswith__lt=soon)
    gone, _by_model = coming.delete()
    for duty in running:
        duty.period = type(duty.period)(duty.period.lower, soon)
        duty.save(update_fields=["period"])
print(gone)
"""
"""No shift ends while people are on their way, at whatever hour that is: its work would go on."""


def demo_company(shared: Path) -> Path:
    """A data folder with the demo company, at rest; made by the first process that asks for it."""
    made = shared / "company"
    with (shared / "company.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            with running_opale(shared / "new") as made_anew:
                made_anew.ask(LONG_SHIFT)
            (shared / "new").rename(made)
    return made


def move_in(company: Path, data: Path) -> None:
    """Copy a company at rest; each copy looks for a port of its own, two may start at once."""
    shutil.copytree(company, data)
    state = data / "state.json"
    known = json.loads(state.read_text(encoding="utf-8"))
    state.write_text(json.dumps(known | {"postgres_port": 0}), encoding="utf-8")


@contextmanager
def running_opale(
    data: Path, company: Path | None = None, *, email_url: str = "console://", **settings: str
) -> Iterator[Opale]:
    """`./opale up` on a new data folder, or on a copy of this one, until the block ends."""
    if company:
        move_in(company, data)
    port = free_port()
    # A mail that can be taken back for a while would be waited for.
    given = {"EMAIL_URL": email_url, "OPALE_SEND_UNDO_SECONDS": "0", **settings}
    environment = clean_environment() | given
    command = [sys.executable, "-m", "opale.cli"]
    log = data.with_suffix(".log")
    with log.open("wb") as output:
        process = subprocess.Popen(  # our own command
            [*command, "up", "--data", str(data), "--port", str(port)],
            env=environment,
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_until(lambda: b"Opale is ready" in log.read_bytes(), process, 500, log)
            told = subprocess.run(  # our own command
                [*command, "credentials", "--json", "--data", str(data)],
                env=environment,
                capture_output=True,
                check=True,
            )
            known = json.loads(told.stdout)
            opale = Opale(
                known["base_url"], known["personas"], known["integrations"], data, process
            )
            try:
                yield opale
            finally:
                opale.leave_unasked()
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def post(url: str, body: object) -> int:
    request = urllib.request.Request(  # loopback
        url, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=20) as answer:  # loopback
        return int(answer.status)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # loopback
            return bool(answer.status == 200)
    except OSError:
        return False


def wait_until(
    condition: Any, process: subprocess.Popen[bytes] | None, seconds: float, log: Path | None = None
) -> None:
    """Look often until the condition holds; fail when the process ends or the time is up."""
    end = time.monotonic() + seconds
    while not condition():
        told = log.read_text(errors="replace")[-4000:] if log else ""
        assert process is None or process.poll() is None, f"the process has ended\n{told}"
        assert time.monotonic() < end, f"not within {seconds} s\n{told}"
        time.sleep(0.05)  # a look at another process, not a pause of the test
