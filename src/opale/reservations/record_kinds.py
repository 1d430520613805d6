"""Reservations can be discussed."""

from django.utils.translation import gettext_lazy as _

from opale.discussions.ports import RecordKind
from opale.reservations.acts import RESERVATION

RECORD_KINDS = (
    RecordKind(
        record_type="reservation",
        subject=RESERVATION,
        cannot_open=_("%(name)s can't open this reservation, so can't be mentioned."),
    ),
)
