"""Acts of reservations: confirm, consume and release."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import Subject, button, moves
from opale.reservations.actions.reservations import move_reservation
from opale.reservations.models import Reservation
from opale.reservations.queries import reservations
from opale.reservations.rights import RESERVE
from opale.reservations.shapes import ReservationOut
from opale.reservations.states import CONFIRM, CONSUME, RELEASE, RESERVATION_MOVES

RESERVATION = Subject(
    name="reservation", model=Reservation, get=reservations.get_reservation, shape=ReservationOut,
    page="reservations/<int:reservation_id>/", endpoint="/reservations/{int:reservation_id}",
    home=lambda row: (reverse("reservations_show", args=[row.pk]), row.purpose),
)  # fmt: skip

ACTS = (
    moves(
        RESERVATION, move_reservation, "move_reservation", RESERVE, noun=None, page="moves",
        choice="reservation_move", among={move.name: move for move in RESERVATION_MOVES},
        said=_("Reservation state changed."),
    ),
    button(
        RESERVATION, move_reservation, "confirm_reservation", RESERVE, move=CONFIRM, noun="confirm",
        page=None, text="Make it firm. One whose expiry has come is refused (409).",
    ),
    button(
        RESERVATION, move_reservation, "consume_reservation", RESERVE, move=CONSUME, noun="consume",
        page=None, text="What was held is in use: it holds until it is released.",
    ),
    button(
        RESERVATION, move_reservation, "release_reservation", RESERVE, move=RELEASE, noun="release",
        page=None, text="What was held is free again.",
    ),
)  # fmt: skip
