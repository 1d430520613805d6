"""Tries a mailbox, as far as it goes: what works, what does not, and what one can do about it."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from opale.kernel.actor import Actor
from opale.kernel.errors import NotAllowed
from opale.messaging import rights
from opale.messaging.intake.accounts import Account, account_of
from opale.messaging.intake.imap import Session
from opale.messaging.intake.oauth import Tokens
from opale.messaging.intake.renewing import keep_refresh_token
from opale.messaging.intake.trouble import Trouble, explain
from opale.messaging.intake.watching import log_in, prepare
from opale.messaging.models import Mailbox
from opale.messaging.states import MailboxSource

WITHIN = 25.0


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was tried. `is_fine` is None for a warning."""

    is_fine: bool | None
    said: str

    @property
    def tone(self) -> str:
        return {True: "good", None: "care", False: "bad"}[self.is_fine]


@dataclass(frozen=True, slots=True)
class Probe:
    steps: tuple[Step, ...]

    @property
    def works(self) -> bool:
        return all(step.is_fine is not False for step in self.steps)


def try_mailbox(box: Mailbox, *, by: Actor) -> Probe:
    """Connect, log in and open the folders of a mailbox, as watching it does; nothing is taken.

    Errors: NotAllowed.
    """
    if not by.can(rights.MAILBOXES):
        raise NotAllowed
    if box.source != MailboxSource.IMAP:
        said = _("Mail servers hand over the mail of this mailbox: nothing is fetched.")
        return Probe((Step(None, said),))
    return asyncio.run(_probe(account_of(box)))


async def _probe(account: Account) -> Probe:
    steps: list[Step] = []
    try:
        async with asyncio.timeout(WITHIN):
            with ThreadPoolExecutor(1) as threads:
                session = await log_in(account, Tokens(threads, keep_refresh_token))
            try:
                await _look(session, account, steps)
            finally:
                session.abort()
    except Trouble as trouble:
        steps.append(Step(False, explain(str(trouble))))
    except TimeoutError:
        steps.append(Step(False, explain("silent")))
    return Probe(tuple(steps))


async def _look(session: Session, account: Account, steps: list[Step]) -> None:
    steps.append(Step(True, _("The server is reached, and accepts the login.")))
    await prepare(session, account)
    found = await session.search(b"UNDELETED")
    count = len(found.split())
    steps.append(
        Step(
            True,
            ngettext(
                "The folder %(folder)s is open: %(count)s mail is in it.",
                "The folder %(folder)s is open: %(count)s mails are in it.",
                count,
            )
            % {"folder": account.folder, "count": count},
        )
    )
    if not account.done_folder and not session.keeps_keywords:
        steps.append(Step(None, explain("keywords")))
    if "IDLE" not in session.capabilities:
        steps.append(
            Step(
                None,
                _("The server does not tell of new mail by itself (IDLE): Opale asks often."),
            )
        )
    if account.server.security == "none":
        steps.append(
            Step(None, _("The connection is not encrypted: others can read password and mails."))
        )
