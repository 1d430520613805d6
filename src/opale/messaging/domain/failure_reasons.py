"""Explanations of mail servers' answers, with advice.

Source: RFC 3463 (enhanced status codes) and RFC 5321, 4.2.3; where these are silent, its words.
"""

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

STATUS = re.compile(r"\b([45])\.(\d{1,3})\.(\d{1,3})\b")
CODE = re.compile(r"(?:^|[:\s])([45]\d\d)(?=[\s-])")


@dataclass(frozen=True, slots=True)
class FailureReason:
    """An explained failure: `words` say what is wrong, `advice` what to do.

    `is_dead`: the address does not exist, and will not.
    """

    words: str | Promise
    advice: str | Promise
    is_dead: bool = False


NO_ADDRESS = FailureReason(
    _("This address does not exist."),
    _("Ask the customer for the right address, correct the contact and send the mail there."),
    is_dead=True,
)
NO_DOMAIN = FailureReason(
    _("The domain after the @ does not exist, or accepts no mail."),
    _("Check for a typing error, correct the contact and send the mail there."),
    is_dead=True,
)
CLOSED = FailureReason(
    _("The mailbox was closed."),
    _("Ask the customer who takes care of it now, and send the mail there."),
    is_dead=True,
)
FULL = FailureReason(
    _("The mailbox is full."), _("Call the customer, and send the mail again once there is space.")
)
TOO_LARGE = FailureReason(
    _("The mail is too large for the recipient."),
    _("Send the files another way, or fewer of them."),
)
POLICY = FailureReason(
    _("The recipient's server rejected the mail as spam, or by policy."),
    _(
        "Call the customer. Ask your administrator to check SPF, DKIM and DMARC of our domain, "
        "and the recipient to allow our mail."
    ),
)
LOGIN = FailureReason(
    _("Our own mail server refuses Opale's login."),
    _("Ask your administrator to check the login in EMAIL_URL."),
)
BUSY = FailureReason(
    _("The recipient's server asks to retry later."),
    _("Nothing to do: Opale retries automatically."),
)
UNREACHABLE = FailureReason(
    _("The mail server could not be reached."),
    _(
        "Nothing to do: Opale retries automatically. If it persists, ask your administrator to "
        "check EMAIL_URL."
    ),
)
SUPPRESSED = FailureReason(
    _("The address is suppressed."),
    _("Remove it from the list once it works again, or send the mail to another address."),
)
SPAM = FailureReason(
    _("The recipient reported our mail as spam."),
    _("No more automatic mail is sent there. Call the customer before you write again."),
    is_dead=True,
)
SPAM_SENDER = FailureReason(
    _("Sends spam: its mails go to quarantine."),
    _("Remove it from the list if it was marked by mistake."),
)
OTHER = FailureReason(
    _("The recipient's server refused the mail."),
    _("Read its answer, and call the customer if needed."),
)

SUPPRESSED_STATUS = "suppressed"
"""The answer recorded where no server was asked."""
COMPLAINT_STATUS = "complained"
"""The answer recorded where the mail arrived, and its reader complained to the provider."""
SPAM_SENDER_STATUS = "spam sender:"
"""The beginning of the answer recorded of an address or domain that sends spam; the ticket
follows."""
BY_STATUS = {
    (1, 1): NO_ADDRESS,
    (1, 2): NO_DOMAIN,
    (1, 3): NO_ADDRESS,
    (1, 6): CLOSED,
    (1, 10): NO_DOMAIN,
    (2, 1): CLOSED,
    (2, 2): FULL,
    (2, 3): TOO_LARGE,
    (3, 4): TOO_LARGE,
    (4, 4): NO_DOMAIN,
}
BY_WORDS = (
    (
        re.compile(r"unknown (user|recipient)|user unknown|no such user", re.IGNORECASE),
        NO_ADDRESS,
    ),
    (re.compile(r"(mailbox|quota).{0,30}(full|exceeded)|over ?quota", re.IGNORECASE), FULL),
    (re.compile(r"spam|blocked|blacklist|reputation|policy|dmarc|spf\b", re.IGNORECASE), POLICY),
    (re.compile(r"gr[ea]ylist|too many|rate.?limit|try again", re.IGNORECASE), BUSY),
)


def failure_reason(answer: str) -> FailureReason | None:
    """Return the explanation of an answer; None where there was none."""
    if not answer:
        return None
    if answer == SUPPRESSED_STATUS:
        return SUPPRESSED
    if answer == COMPLAINT_STATUS:
        return SPAM
    if answer.startswith(SPAM_SENDER_STATUS):
        return SPAM_SENDER
    found = STATUS.search(answer)
    if found:
        return _by_status(int(found[1]), int(found[2]), int(found[3]), answer)
    code = CODE.search(answer)
    if code is None:
        return UNREACHABLE
    if code[1] in ("530", "534", "535", "538"):
        return LOGIN
    if code[1] == "552":
        return FULL
    return _by_words(answer) or (BUSY if code[1].startswith("4") else OTHER)


def _by_status(kind: int, subject: int, detail: int, answer: str) -> FailureReason:
    if subject == 7:
        return LOGIN if detail == 8 and kind == 5 and "535" in answer else POLICY
    if (subject, detail) in BY_STATUS and (kind == 5 or (subject, detail) == (2, 2)):
        return BY_STATUS[subject, detail]
    return _by_words(answer) or (BUSY if kind == 4 else OTHER)


def _by_words(answer: str) -> FailureReason | None:
    return next((reason for words, reason in BY_WORDS if words.search(answer)), None)
