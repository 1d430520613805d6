"""Webhook calls of a mail provider, verified, then parsed by django-anymail.

Each provider has a form of its own. Deliveries and failures are kept; opens and clicks are ignored,
to respect the reader's privacy. Imported when the first call comes.
"""

import logging
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from importlib import import_module
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest

from opale.kernel.errors import Invalid, NotAllowed, NotFound
from opale.messaging.domain.failure_reasons import COMPLAINT_STATUS
from opale.messaging.domain.mail_parser.parsed_mail import FailedRecipient

log = logging.getLogger(__name__)

VIEWS: Final[Mapping[str, str]] = {
    "brevo": "BrevoTrackingWebhookView",
    "mailersend": "MailerSendTrackingWebhookView",
    "mailgun": "MailgunTrackingWebhookView",
    "mailjet": "MailjetTrackingWebhookView",
    "mailtrap": "MailtrapTrackingWebhookView",
    "mandrill": "MandrillCombinedWebhookView",
    "postmark": "PostmarkTrackingWebhookView",
    "resend": "ResendTrackingWebhookView",
    "sendgrid": "SendGridTrackingWebhookView",
    "sparkpost": "SparkPostTrackingWebhookView",
}
"""Providers that call back, and django-anymail's view for each."""
STATUS: Final = re.compile(r"(?<![\d.])([45])\.\d{1,3}\.\d{1,3}(?![\d.])")
MAX_LENGTH: Final = 2000


class ProviderEventKind(Enum):
    ARRIVED = "delivered"
    DELAYED = "deferred"
    BOUNCED = "bounced"
    REFUSED = "rejected"
    FAILED = "failed"
    COMPLAINED = "complained"


EVENT_KINDS: Final = {kind.value: kind for kind in ProviderEventKind}


@dataclass(frozen=True, slots=True)
class ProviderEvent:
    """A delivery or failure at one address; `key` is the provider's own name for the mail.

    `failed` is the failure as a mail server would report it; None where the mail arrived.
    """

    key: str
    address: str
    failed: FailedRecipient | None


def read_provider_events(request: HttpRequest) -> list[ProviderEvent]:
    """Return the events that a call reports.

    Errors: NotFound (no provider is set up, or it has no secret), NotAllowed (the proof is wrong),
    Invalid (it cannot be read).
    """
    from anymail.exceptions import AnymailConfigurationError, AnymailWebhookValidationFailure

    view = _reader()
    try:
        view.run_validators(request)
        events = view.parse_events(request)
    except AnymailConfigurationError as error:
        raise _unheard(error) from error
    except AnymailWebhookValidationFailure as error:
        raise NotAllowed from error
    except (ValueError, KeyError, TypeError, AttributeError, AssertionError) as error:
        raise Invalid(body=f"{type(error).__name__}: {error}"[:200]) from error
    return [news for event in events if (news := _news_in(event)) is not None]


def check_provider_enabled() -> None:
    """Check that a provider is set up: some try the address first. Errors: NotFound."""
    _reader()


def _reader() -> Any:
    """Return the parser of calls, which must prove themselves by our password or a signature."""
    from anymail.exceptions import AnymailConfigurationError

    name = VIEWS.get(str(settings.EMAIL_PROVIDER))
    if name is None:
        raise NotFound
    module = import_module(f"anymail.webhooks.{settings.EMAIL_PROVIDER}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what is open without a secret: it is closed here
            view = getattr(module, name)()
    except AnymailConfigurationError as error:
        raise _unheard(error) from error
    if not view.basic_auth and view.warn_if_no_basic_auth:
        raise NotFound
    return view


def _unheard(error: Exception) -> NotFound:
    log.warning("a provider called, and cannot be heard: %s", error)
    return NotFound()


def _news_in(event: Any) -> ProviderEvent | None:
    kind = EVENT_KINDS.get(event.event_type)
    if kind is None:
        return None
    key, address = str(event.message_id or ""), str(event.recipient or "").strip().lower()
    if not key or not address:
        return None
    return ProviderEvent(key[:255], address[:320], _failed(kind, address, event))


def _failed(kind: ProviderEventKind, address: str, event: Any) -> FailedRecipient | None:
    if kind is ProviderEventKind.ARRIVED:
        return None
    if kind is ProviderEventKind.COMPLAINED or (
        kind is ProviderEventKind.REFUSED and event.reject_reason == "spam"
    ):
        return FailedRecipient(address, "", COMPLAINT_STATUS)
    words = event.mta_response or event.description or event.reject_reason or ""
    said = " ".join(str(words).split())[:MAX_LENGTH]
    if kind is ProviderEventKind.DELAYED:
        return FailedRecipient(address, _status(said, "4"), said)
    if event.reject_reason == "invalid":
        return FailedRecipient(address, "5.1.1", said)
    return FailedRecipient(address, _status(said, "5"), said)


def _status(said: str, first: str) -> str:
    """Return the status that the answer contains, where it fits the provider's own verdict."""
    found = STATUS.search(said)
    return found[0] if found and found[1] == first else f"{first}.0.0"
