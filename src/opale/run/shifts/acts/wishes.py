"""Act of wishes for free days and shifts: wish."""

from opale.acts.declarations import create
from opale.run.shifts.actions import wishes
from opale.run.shifts.acts.subjects import WISH, WISHES
from opale.run.shifts.forms.wishes import WishForm
from opale.run.shifts.rights import SWAP

ACTS = (
    create(
        WISHES, wishes.create_wish, "wish", SWAP, WishForm, made=WISH, noun="", page=None,
        text="What was wished for that day before is replaced.",
    ),
)  # fmt: skip
