"""Acts of reservations: edit, confirm, consume and release."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import Place, Subject, button, change, moves
from opale.reservations.actions import changes
from opale.reservations.actions.reservations import move_reservation
from opale.reservations.forms import EditForm, LineForm
from opale.reservations.models import Reservation, ReservationLine
from opale.reservations.queries import reservations
from opale.reservations.rights import RESERVE
from opale.reservations.shapes import ReservationLineOut, ReservationOut
from opale.reservations.states import CONFIRM, CONSUME, HOLDING, RELEASE, RESERVATION_MOVES


def place_of_reservation(row: Reservation) -> Place:
    return reverse("reservations_show", args=[row.pk]), row.purpose


RESERVATION = Subject(
    name="reservation", model=Reservation, get=reservations.get_reservation, shape=ReservationOut,
    rows=reservations.reservations,
    page="reservations/<int:reservation_id>/", endpoint="/reservations/{int:reservation_id}",
    home=place_of_reservation,
)  # fmt: skip

LINE = Subject(
    name="reservation_line", model=ReservationLine, get=reservations.get_line,
    rows=reservations.lines, shape=ReservationLineOut, within=RESERVATION,
    page="lines/<int:reservation_line_id>/",
    endpoint="/reservations/{int:reservation_id}/lines/{int:reservation_line_id}",
    home=lambda row: place_of_reservation(row.reservation),
)  # fmt: skip


ACTS = (
    change(
        RESERVATION, changes.edit_reservation, "edit_reservation", RESERVE, EditForm,
        states=HOLDING, label=_("Edit"), title=_("Edit reservation"),
        said=_("Reservation saved."),
    ),
    change(
        LINE, changes.edit_line, "edit_reservation_line", RESERVE, LineForm,
        label=_("Edit"), title=_("Edit days and quantity"),
        said=_("Days and quantity saved."),
    ),
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
