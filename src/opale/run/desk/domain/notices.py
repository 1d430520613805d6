"""Types of notices sent to customers unasked, and which are sent by default.

An answer is always sent: nobody can switch off what was written to them. Source:
docs/rules/notices.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class NoticeType:
    """A type of notice that a contact may switch on or off; `default` applies where nothing was
    chosen."""

    name: str
    label: str | Promise
    help: str | Promise
    default: bool


NOTICE_TYPES: tuple[NoticeType, ...] = (
    NoticeType(
        "acknowledgement",
        _("Acknowledgement"),
        _("Confirms receipt of the first mail, with the ticket number."),
        default=True,
    ),
    NoticeType(
        "followed",
        _("Messages on watched tickets"),
        _("A contact who watches a ticket gets a copy of each reply."),
        default=True,
    ),
    NoticeType(
        "restored",
        _("Restoration"),
        _("The service is restored, and since when."),
        default=True,
    ),
    NoticeType("closed", _("Closing"), _("The ticket is closed."), default=True),
    NoticeType(
        "update_due",
        _("Promised update"),
        _("A promised update is due, nothing has been sent and the work goes on."),
        default=True,
    ),
)
NOTICE_TYPES_BY_NAME: Mapping[str, NoticeType] = {choice.name: choice for choice in NOTICE_TYPES}
