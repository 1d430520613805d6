"""The states of a mail, out and in."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.kernel.states import Move
from opale.messaging import rights


class MailState(models.TextChoices):
    QUEUED = "queued", _("Queued")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")


S = MailState
HAND_OVER = Move("hand_over", frozenset({S.QUEUED}), S.SENT, rights.SEND)
GIVE_UP = Move("give_up", frozenset({S.QUEUED}), S.FAILED, rights.SEND)
RETRY = Move("retry", frozenset({S.FAILED}), S.QUEUED, rights.RETRY, _("Send again"))


class IncomingState(models.TextChoices):
    RECEIVED = "received", pgettext_lazy("a mail", "Received")
    DONE = "done", pgettext_lazy("a mail", "Processed")
    QUARANTINED = "quarantined", _("In quarantine")


class Outcome(models.TextChoices):
    """What became of a mail that came in: exactly one, as soon as it is not `received`."""

    TICKET = "ticket", _("New ticket")
    REPLY = "reply", pgettext_lazy("a mail", "Reply on a ticket")
    PARTICIPANT = "participant", _("Reply of a new participant")
    PROPOSED = "proposed", _("New ticket, link proposed")
    BOUNCE = "bounce", pgettext_lazy("a mail", "Could not be delivered")
    AUTOMATIC = "automatic", _("Automatic, on its ticket")
    DUPLICATE = "duplicate", _("Duplicate")
    IGNORED = "ignored", _("Ignored")
    FORGOTTEN = "forgotten", _("Discarded")
    QUARANTINED = "quarantined", _("In quarantine")


_IN = IncomingState
QUARANTINE = Move("quarantine", frozenset({_IN.RECEIVED}), _IN.QUARANTINED, rights.RECEIVE)
REPLAY = Move(
    "replay",
    frozenset({_IN.QUARANTINED}),
    _IN.RECEIVED,
    rights.REPLAY,
    pgettext_lazy("a mail", "Replay"),
)
FORGET = Move("forget", frozenset({_IN.QUARANTINED}), _IN.DONE, rights.REPLAY, _("Discard mail"))


class Route(models.TextChoices):
    """How a mail came to Opale."""

    IMAP = "imap", "IMAP"
    LMTP = "lmtp", "LMTP"
    SMTP = "smtp", "SMTP"
    PIPE = "pipe", "opale mail deliver"


class MailboxSource(models.TextChoices):
    IMAP = "imap", _("Fetched by IMAP")
    LISTENER = "listener", _("Delivered by a mail server")
    NONE = "none", _("Not set")


class Security(models.TextChoices):
    TLS = "tls", "TLS"
    STARTTLS = "starttls", "STARTTLS"
    NONE = "none", _("Not encrypted")


class Login(models.TextChoices):
    PASSWORD = "password", _("Password")  # a way to log in
    OAUTH2 = "oauth2", _("OAuth 2")
