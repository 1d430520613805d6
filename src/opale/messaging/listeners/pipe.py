"""Reading of one mail from a pipe."""

from typing import IO, Literal

from django.conf import settings

from opale.kernel.errors import NotFound
from opale.messaging.actions.store_incoming import store_mail
from opale.messaging.states import Route

PipeOutcome = Literal["kept", "unknown", "too large"]


def read_pipe(
    pipe: IO[bytes], mailbox: str, *, sender: str = "", recipient: str = ""
) -> PipeOutcome:
    """Store the mail that a pipe delivers; it is committed when this returns.

    Errors: those of the database and of the disk.
    """
    raw = pipe.read(settings.MAIL_LIMIT + 1)
    if len(raw) > settings.MAIL_LIMIT:
        return "too large"
    if raw.startswith(b"From "):
        # The separator of a mailbox file, which mail servers write before a mail in a pipe.
        raw = raw.partition(b"\n")[2]
    try:
        store_mail(
            raw,
            mailbox=mailbox,
            source=Route.PIPE,
            envelope_from=sender.strip("<>"),
            envelope_to=[recipient or mailbox],
        )
    except NotFound:
        return "unknown"
    return "kept"
