"""Test of a mailbox, step by step: what works, what fails, and advice."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from opale.kernel.actor import Actor
from opale.kernel.errors import NotAllowed
from opale.messaging import rights
from opale.messaging.domain.mailbox_errors import MailboxError, explain_error
from opale.messaging.listeners.imap_accounts import ImapAccount, account_of_mailbox
from opale.messaging.listeners.imap_client import ImapSession
from opale.messaging.listeners.imap_watcher import log_in, prepare_folder
from opale.messaging.listeners.oauth import TokenCache
from opale.messaging.listeners.refresh_tokens import replace_refresh_token
from opale.messaging.models import Mailbox
from opale.messaging.states import MailboxSource

TIMEOUT_SECONDS = 25.0


@dataclass(frozen=True, slots=True)
class CheckStep:
    """One step of the test. `is_fine` is None for a warning."""

    is_fine: bool | None
    said: str

    @property
    def tone(self) -> str:
        return {True: "good", None: "care", False: "bad"}[self.is_fine]


@dataclass(frozen=True, slots=True)
class MailboxCheck:
    steps: tuple[CheckStep, ...]

    @property
    def works(self) -> bool:
        return all(step.is_fine is not False for step in self.steps)


def check_mailbox(box: Mailbox, *, by: Actor) -> MailboxCheck:
    """Connect, log in and open the folders of a mailbox, as the watcher does; take no mail.

    Errors: NotAllowed.
    """
    if not by.can(rights.MAILBOXES):
        raise NotAllowed
    if box.source != MailboxSource.IMAP:
        said = _("Mail servers deliver this mailbox's mail to Opale: nothing is fetched.")
        return MailboxCheck((CheckStep(None, said),))
    return asyncio.run(_probe(account_of_mailbox(box)))


async def _probe(account: ImapAccount) -> MailboxCheck:
    steps: list[CheckStep] = []
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            with ThreadPoolExecutor(1) as threads:
                session = await log_in(account, TokenCache(threads, replace_refresh_token))
            try:
                await _look(session, account, steps)
            finally:
                session.abort()
    except MailboxError as trouble:
        steps.append(CheckStep(False, explain_error(str(trouble))))
    except TimeoutError:
        steps.append(CheckStep(False, explain_error("silent")))
    return MailboxCheck(tuple(steps))


async def _look(session: ImapSession, account: ImapAccount, steps: list[CheckStep]) -> None:
    steps.append(CheckStep(True, _("Connected, and logged in.")))
    await prepare_folder(session, account)
    found = await session.search(b"UNDELETED")
    count = len(found.split())
    steps.append(
        CheckStep(
            True,
            ngettext(
                "Folder %(folder)s opened: %(count)s mail.",
                "Folder %(folder)s opened: %(count)s mails.",
                count,
            )
            % {"folder": account.folder, "count": count},
        )
    )
    if not account.done_folder and not session.keeps_keywords:
        steps.append(CheckStep(None, explain_error("keywords")))
    if "IDLE" not in session.capabilities:
        steps.append(
            CheckStep(
                None,
                _("The server does not announce new mail (IDLE): Opale polls it often."),
            )
        )
    if account.server.security == "none":
        steps.append(
            CheckStep(
                None, _("The connection is not encrypted: others can read password and mails.")
            )
        )
