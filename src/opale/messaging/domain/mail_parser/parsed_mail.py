"""The data classes of a parsed mail."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import IO, Final, Literal

AuthorKind = Literal["", "reply", "bounce", "list", "machine", "ours"]
"""Who wrote: "" a human, "reply" an answering machine (out of office), "bounce" a mail server,
"list" a mailing list or newsletter, "machine" any other program, "ours" this very Opale."""

SPAM_LEVEL: Final = 5
"""The confidence from which Exchange delivers into the junk folder (its scale is -1 to 9)."""
SPAM_MARKS: Final[Mapping[str, Callable[[str], bool]]] = {
    "X-Spam-Flag": lambda text: text.strip().lower() == "yes",
    "X-Spam-Status": lambda text: text.strip().lower().startswith("yes"),
    "X-Spam": lambda text: text.strip().lower() == "yes",
    "X-Forefront-Antispam-Report": lambda text: "sfv:spm" in text.lower(),
    "X-MS-Exchange-Organization-SCL": lambda text: (
        text.strip().isdecimal() and int(text) >= SPAM_LEVEL
    ),
}
"""Headers by which SpamAssassin, rspamd and Exchange tell the mail server behind them."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address of a mail; `address` is in lower case, "" where none can be read."""

    name: str = ""
    address: str = ""

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a mail: an attachment, an inline picture, or a part that is kept as it is.

    `name` is as the sender wrote it: `kernel.files.safe_name` makes one to show. `content_id` is
    without its brackets. `content` is decoded; of signed and encrypted parts it is what came.
    """

    name: str
    media_type: str
    content_id: str
    is_inline: bool
    content: bytes = field(repr=False)

    def open(self) -> IO[bytes]:
        return BytesIO(self.content)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The author of a mail, person or machine, and `why`: the words of the mail that show it.

    `installation` is the mark of the Opale that sent it, if one did; another installation's mark
    does not tell who wrote: its people answer too. `system` is the kind of ticket system that sent
    the mail ("opale", "otrs", "zendesk", ...), "" for none that is known.
    """

    kind: AuthorKind = ""
    why: tuple[str, ...] = ()
    installation: str = ""
    system: str = ""


@dataclass(frozen=True, slots=True)
class FailedRecipient:
    """An address that a mail did not reach. `status` is that of RFC 3463 (`5.1.1`), "" unknown."""

    address: str
    status: str = ""
    diagnostic: str = ""

    @property
    def is_final(self) -> bool:
        """Return whether the failure is final; after 4.x.x, a delay, the server tries again."""
        return not self.status.startswith("4")


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail server's report of a mail that it could not deliver.

    `original_message_id` is with its brackets, "" where it is not given.
    """

    failed: tuple[FailedRecipient, ...] = ()
    original_message_id: str = ""
    original_subject: str = ""
    reporter: str = ""


@dataclass(frozen=True, slots=True)
class Authentication:
    """The sender's authentication by the mailbox's own server: "pass", "fail", "none", ...

    `trusted` says that a server of the mailbox's `trusted_servers` reported it; without that, all
    is "" and proves nothing. `domain` is the one that was proven to be that of From, by DMARC, or
    by an aligned DKIM signature or SPF; "" where none was.
    """

    spf: str = ""
    dkim: str = ""
    dmarc: str = ""
    domain: str = ""
    trusted: bool = False
    server: str = ""


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """A parsed mail. Texts hold only what PostgreSQL can store; lists are bounded.

    Message-IDs are with their brackets. `text` is the whole text, made from the HTML where there
    is no other; `text_shown` is what was newly written: without quotes and signature. `html` is as
    it came, never to be shown unsanitised. `date` is the sender's date, None where it is missing or
    impossible. `language` is "fr", "en" or "". `defects` are what is broken.
    """

    message_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    subject: str = ""
    from_: Address = Address()
    sender: Address = Address()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    date: datetime | None = None
    text: str = ""
    text_shown: str = ""
    html: str = ""
    parts: tuple[Part, ...] = ()
    auto: Verdict = Verdict()
    bounce: Bounce | None = None
    authenticated: Authentication = Authentication()
    language: str = ""
    defects: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def header(self, name: str) -> str:
        """Return the first header of this name, decoded; "" without one."""
        wanted = name.lower()
        return next((value for one, value in self.headers if one.lower() == wanted), "")

    @property
    def is_marked_spam(self) -> bool:
        """Return whether a mail server before us took the mail for spam."""
        return any(says(self.header(name)) for name, says in SPAM_MARKS.items())
