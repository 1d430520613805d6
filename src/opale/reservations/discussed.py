"""Reservations can be discussed."""

from django.utils.translation import gettext_lazy as _

from opale.discussions.ports import Discussed
from opale.reservations.acts import RESERVATION

DISCUSSED = (
    Discussed(
        record_type="reservation",
        subject=RESERVATION,
        cannot_open=_("%(name)s can't open this reservation, so can't be mentioned."),
    ),
)
