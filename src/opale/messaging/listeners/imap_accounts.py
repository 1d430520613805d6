"""The settings of the watched mailboxes."""

from dataclasses import dataclass, field

from cryptography.fernet import InvalidToken

from opale.kernel import encryption
from opale.messaging.domain.mailbox_errors import MailboxError
from opale.messaging.listeners.imap_client import ImapServer
from opale.messaging.models import Mailbox
from opale.messaging.states import MailboxSource

PURPOSE = "messaging"
"""The encryption purpose of mailboxes' secrets."""


@dataclass(frozen=True, slots=True)
class ImapAccount:
    """The settings of one mailbox, compared by value to notice a change; secrets are encrypted."""

    mailbox_id: int
    address: str
    server: ImapServer
    login: str
    auth: str
    secret: str = field(repr=False)
    token_url: str
    client_id: str
    refresh_token: str = field(repr=False)
    folder: str
    done_folder: str


def account_of_mailbox(box: Mailbox) -> ImapAccount:
    return ImapAccount(
        mailbox_id=box.pk,
        address=box.address,
        server=ImapServer(box.host, box.port, box.security),
        login=box.login or box.address,
        auth=box.auth,
        secret=box.secret,
        token_url=box.token_url,
        client_id=box.client_id,
        refresh_token=box.refresh_token,
        folder=box.folder or "INBOX",
        done_folder=box.done_folder,
    )


def watched_accounts() -> dict[int, ImapAccount]:
    """Return the account of each mailbox that is on and fetched by IMAP, by the mailbox's key."""
    found = Mailbox.objects.filter(is_on=True, source=MailboxSource.IMAP)
    return {box.pk: account_of_mailbox(box) for box in found}


def decrypt_secret(sealed: str) -> str:
    """Return the plain secret. Errors: MailboxError("secret")."""
    try:
        return encryption.decrypt(sealed, purpose=PURPOSE) if sealed else ""
    except InvalidToken as error:
        raise MailboxError("secret") from error
