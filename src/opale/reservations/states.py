"""State machine of reservations; tentative, confirmed and consumed ones hold."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.kernel.states import Move
from opale.reservations.rights import RESERVE


class ReservationState(models.TextChoices):
    PROPOSED = "proposed", pgettext_lazy("a reservation", "Proposed")
    TENTATIVE = "tentative", pgettext_lazy("a reservation", "Tentative")
    CONFIRMED = "confirmed", pgettext_lazy("a reservation", "Confirmed")
    CONSUMED = "consumed", pgettext_lazy("a reservation", "Used")
    RELEASED = "released", pgettext_lazy("a reservation", "Released")
    EXPIRED = "expired", pgettext_lazy("a reservation", "Expired")


S = ReservationState
HOLDING = frozenset({S.TENTATIVE, S.CONFIRMED, S.CONSUMED})
ENDED = frozenset({S.RELEASED, S.EXPIRED})

CONFIRM = Move("confirm", frozenset({S.PROPOSED, S.TENTATIVE}), S.CONFIRMED, RESERVE, _("Confirm"))
CONSUME = Move("consume", frozenset({S.CONFIRMED}), S.CONSUMED, RESERVE, _("Mark as used"))
RELEASE = Move(
    "release",
    frozenset({S.PROPOSED, S.TENTATIVE, S.CONFIRMED, S.CONSUMED}),
    S.RELEASED,
    RESERVE,
    _("Release"),
)
EXPIRE = Move("expire", frozenset({S.TENTATIVE}), S.EXPIRED, RESERVE)
RESERVATION_MOVES = (CONFIRM, CONSUME, RELEASE)
