"""Command `opale mail deliver`: one mail from standard input, committed before the command ends.

For the pipe of a mail server. The exit code is what it acts upon: 0 when the mail is committed,
75 when it should try again, 67 when there is no such mailbox, 65 when the mail is too large.
It needs the database, and no other process of Opale.
"""

import importlib
import os
import sys

from opale.cli import installation
from opale.cli.console import Refused, print_error

OK = 0
TOO_LARGE = 65  # EX_DATAERR of sysexits.h
NO_SUCH_MAILBOX = 67  # EX_NOUSER
TRY_AGAIN = 75  # EX_TEMPFAIL


def deliver(data: str | None, mailbox: str, *, sender: str, recipient: str) -> int:
    """Deliver a mail and return the exit code: a retry for any unforeseen error, not a bounce."""
    try:
        _use_installation(data)
        importlib.import_module("django").setup()
        pipe = importlib.import_module("opale.messaging.listeners.pipe")
        outcome: str = pipe.read_pipe(sys.stdin.buffer, mailbox, sender=sender, recipient=recipient)
    except (Exception, SystemExit) as error:  # noqa: BLE001  # told, and answered by the code
        print_error(f"The mail was not taken, it may be brought again: {error}")
        return TRY_AGAIN
    if outcome == "unknown":
        print_error(f"There is no mailbox {mailbox}.")
        return NO_SUCH_MAILBOX
    if outcome == "too large":
        print_error("The mail is larger than Opale takes (OPALE_MAIL_LIMIT).")
        return TOO_LARGE
    return OK


def _use_installation(data: str | None) -> None:
    """Use the database that the environment names, or else that of the data folder."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opale.settings")
    if not data and all(
        os.environ.get(name) or os.environ.get(f"{name}_FILE")
        for name in ("DATABASE_URL", "OPALE_SECRET_KEY")
    ):
        return
    folder = installation.folder_of(data)
    place = installation.open_folder(folder)
    if not place.external and not installation.is_locked(folder):
        raise Refused(f"the database in {folder} is not running")
    os.environ.update(place.environment())
