"""Debian's dovecot and postfix, unchanged, on loopback in folders of their own.

Their packages start nothing by themselves: each server lives as long as its block. They need root,
as at a provider: their processes become other users.
"""

import imaplib
import os
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from tests.serving import free_port

PASSWORD = "as short as it is secret"
KEEPER = 65534
"""Whom the mailboxes belong to (nobody): dovecot reads none as root."""

NEEDED = (
    ("dovecot (Debian packages dovecot-imapd, dovecot-lmtpd)", shutil.which("dovecot")),
    ("postfix (Debian package)", shutil.which("postfix")),
    ("root, whom dovecot and postfix are started by", os.geteuid() == 0),
)
MISSING = [name for name, found in NEEDED if not found]
NEEDS_MAIL_SERVERS = pytest.mark.skipif(
    bool(MISSING) and not os.environ.get("CI"), reason=f"not there: {', '.join(MISSING)}"
)


@contextmanager
def short_folder() -> Iterator[Path]:
    """A folder that others may enter, with a name short enough for the sockets in it."""
    folder = Path(tempfile.mkdtemp(prefix="opale-mail-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def wait_until(condition: Callable[[], object], seconds: float, log: Path | None = None) -> None:
    """Look often until the condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        told = log.read_text(errors="replace")[-3000:] if log and log.exists() else ""
        assert time.monotonic() < end, f"not within {seconds} s\n{told}"
        time.sleep(0.02)  # a look at another process, not a pause of the test


def is_open(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 0.5):
            return True
    except OSError:
        return False


@dataclass
class Dovecot:
    """`introspection` is where it asks about OAuth 2 tokens."""

    folder: Path
    imap: int = field(default_factory=free_port)
    imaps: int = field(default_factory=free_port)
    lmtp: int = field(default_factory=free_port)
    introspection: str = ""
    more: str = ""
    process: subprocess.Popen[bytes] | None = None
    added: int = 0

    @property
    def log(self) -> Path:
        return self.folder / "dovecot.log"

    @property
    def certificate(self) -> Path:
        return self.folder / "localhost.pem"

    def add(self, *addresses: str) -> None:
        """Make mailboxes whose password is PASSWORD."""
        with (self.folder / "users").open("a") as users:
            for address in addresses:
                # A kernel lets a user watch 128 files: a hundred mailboxes each.
                keeper = KEEPER - self.added // 100
                home = self.folder / "mail" / address
                users.write(f"{address}:{{PLAIN}}{PASSWORD}:{keeper}:{KEEPER}::{home}::\n")
                self.added += 1

    def start(self) -> None:
        config = self.folder / "dovecot.conf"
        config.write_text(self._config())
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                ["dovecot", "-F", "-c", str(config)],
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        wait_until(lambda: is_open(self.imap) and is_open(self.lmtp), 60, self.log)

    def stop(self) -> None:
        """With all conversations: left to itself, dovecot would let those go on."""
        if self.process:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(60)
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process = None

    def restart(self) -> None:
        self.stop()
        self.start()

    def deliver(self, address: str, *messages: bytes) -> None:
        """As a mail server does, by LMTP."""
        with smtplib.LMTP("127.0.0.1", self.lmtp, timeout=30) as client:
            for message in messages:
                client.sendmail("somebody@example.org", [address], message)

    @contextmanager
    def opened(self, address: str, folder: str = "INBOX") -> Iterator[imaplib.IMAP4]:
        """The mailbox, as a mail program opens it."""
        with imaplib.IMAP4("127.0.0.1", self.imap) as client:
            client.login(address, PASSWORD)
            client.select(folder)
            yield client

    def read(self, address: str) -> list[EmailMessage]:
        """What lies in a mailbox, oldest first."""
        with self.opened(address) as client:
            numbers = client.search(None, "ALL")[1][0].split()
            found = [client.fetch(number.decode(), "(RFC822)")[1][0] for number in numbers]
        raws = [answer[1] for answer in found if isinstance(answer, tuple)]
        return [message_from_bytes(raw, policy=policy.default) for raw in raws]

    def flags(self, address: str, folder: str = "INBOX") -> list[set[str]]:
        """Of each message of a folder, in its order, without what only the server sets."""
        with self.opened(address, folder) as client:
            if not client.search(None, "ALL")[1][0]:
                return []
            _, answer = client.fetch("1:*", "(FLAGS)")
        lines = [line for line in answer if isinstance(line, bytes)]
        return [
            {flag.decode() for flag in imaplib.ParseFlags(line)} - {"\\Recent"} for line in lines
        ]

    def maildir(self, address: str) -> Path:
        return self.folder / "mail" / address / "Maildir"

    def _config(self) -> str:
        oauth = f"""
auth_mechanisms = plain login xoauth2
oauth2 {{
  introspection_mode = post
  introspection_url = {self.introspection}
  username_attribute = username
  active_attribute = active
  active_value = true
}}
"""
        oauth_passdb = "passdb oauth2 {\n  mechanisms_filter = xoauth2\n}\n"
        return f"""dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
base_dir = {self.folder}/run
state_dir = {self.folder}/state
log_path = {self.log}
listen = 127.0.0.1
protocols = imap lmtp
ssl = yes
ssl_server_cert_file = {self.certificate}
ssl_server_key_file = {self.folder}/localhost.key
auth_allow_cleartext = yes
auth_failure_delay = 0
mail_max_userip_connections = 1000
# Where another server's mailboxes hold what the kernel lets this user watch, it looks by itself.
mailbox_idle_check_interval = 2 secs
default_client_limit = 2000
mail_driver = maildir
mail_path = ~/Maildir
first_valid_uid = 1
first_valid_gid = 1
recipient_delimiter =
{oauth if self.introspection else ""}
passdb passwd-file {{
  passwd_file_path = {self.folder}/users
}}
{oauth_passdb if self.introspection else ""}
userdb passwd-file {{
  passwd_file_path = {self.folder}/users
}}
service imap-login {{
  inet_listener imap {{
    port = {self.imap}
  }}
  inet_listener imaps {{
    port = {self.imaps}
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {self.lmtp}
  }}
}}
service stats {{
  process_limit = 1
}}
{self.more}
"""


@contextmanager
def running_dovecot(*addresses: str, introspection: str = "", more: str = "") -> Iterator[Dovecot]:
    assert not MISSING, f"not there: {', '.join(MISSING)}"
    with short_folder() as folder:
        for name in ("run", "state", "mail"):
            (folder / name).mkdir()
        (folder / "mail").chmod(0o1777)
        make_certificate(folder)
        dovecot = Dovecot(folder, introspection=introspection, more=more)
        dovecot.add(*addresses)
        dovecot.start()
        try:
            yield dovecot
        finally:
            dovecot.stop()


def make_certificate(folder: Path, *others: str) -> None:
    """localhost.pem and localhost.key, signed by itself: who trusts the first trusts the server, by
    this name and by the `others`."""
    names = ",".join(f"DNS:{name}" for name in ("localhost", *others))
    words = (
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj"
        f" /CN=localhost -addext subjectAltName={names} -addext basicConstraints=CA:true"
        " -keyout localhost.key -out localhost.pem"
    )
    subprocess.run(["openssl", *words.split()], cwd=folder, check=True, capture_output=True)


@dataclass
class Postfix:
    """A mail server that hands everything for `domain` to the LMTP server at `next_hop`."""

    folder: Path
    next_hop: int
    domain: str
    smtp: int = field(default_factory=free_port)
    more: str = ""
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self.folder / "postfix.log"

    def start(self) -> None:
        config = self.folder / "etc"
        shutil.copytree("/etc/postfix", config, symlinks=True)
        template = config / "master.cf.proto"
        if not template.exists():
            template = Path("/usr/share/postfix/master.cf.dist")
        lines = [
            line
            for line in template.read_text().splitlines()
            if not line.startswith(("smtp      inet", "#"))
        ]
        services = "\n".join(_without_chroot(line) for line in lines)
        (config / "master.cf").write_text(
            f"127.0.0.1:{self.smtp} inet n - n - - smtpd\n" + services + "\n"
        )
        (config / "main.cf").write_text(self._main())
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                ["postfix", "-c", str(config), "start-fg"],
                stdout=output,
                stderr=output,
            )
        wait_until(lambda: is_open(self.smtp), 60, self.log)

    def stop(self) -> None:
        if self.process:
            # `postfix stop` looks at its own success for seconds; its master has a session of its
            # own, and its children end with it.
            master = int((self.folder / "queue" / "pid" / "master.pid").read_text())
            os.kill(master, signal.SIGTERM)
            self.process.wait(60)
            self.process = None

    def flush(self) -> None:
        """Try at once what was put off."""
        config = str(self.folder / "etc")
        subprocess.run(["postqueue", "-c", config, "-f"], capture_output=True, check=True)

    def waiting(self) -> int:
        """How many mails stand in its queue."""
        told = subprocess.run(
            ["postqueue", "-c", str(self.folder / "etc"), "-j"], capture_output=True, check=True
        )
        return len(told.stdout.splitlines())

    def _main(self) -> str:
        return f"""compatibility_level = 3.10
queue_directory = {self.folder}/queue
data_directory = {self.folder}/data
maillog_file = {self.folder}/mail.log
maillog_file_prefixes = {self.folder}
myhostname = mail.opale.test
mydestination =
inet_interfaces = loopback-only
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
virtual_mailbox_domains = {self.domain}
virtual_transport = lmtp:inet:127.0.0.1:{self.next_hop}
virtual_mailbox_maps =
smtpd_recipient_restrictions = permit_mynetworks, reject
smtpd_peername_lookup = no
default_transport = error:no outside mail
relay_transport = error:no outside mail
minimal_backoff_time = 1s
maximal_backoff_time = 5s
queue_run_delay = 1s
message_size_limit = 104857600
mailbox_size_limit = 0
lmtp_connection_cache_on_demand = no
{self.more}
"""


def _without_chroot(line: str) -> str:
    words = line.split()
    if line[:1].isspace() or len(words) < 8:
        return line
    words[4] = "n"
    return " ".join(words)


@contextmanager
def running_postfix(
    next_hop: int, domain: str = "opale.test", *, smtp: int = 0, more: str = ""
) -> Iterator[Postfix]:
    """`domain` may be several, separated by commas; `smtp` its port, where that must be known."""
    assert not MISSING, f"not there: {', '.join(MISSING)}"
    with short_folder() as folder:
        for name, owner in (("queue", "root"), ("data", "postfix")):
            (folder / name).mkdir()
            shutil.chown(folder / name, owner)
        postfix = Postfix(folder, next_hop, domain, smtp or free_port(), more)
        postfix.start()
        try:
            yield postfix
        finally:
            postfix.stop()
