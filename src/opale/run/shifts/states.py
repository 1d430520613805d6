"""The states of planned duties and of swaps, and the moves between them."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.kernel.states import Move
from opale.run.shifts import rights


class PlannedState(models.TextChoices):
    """What a pattern drew: as it stands, decided by hand, called off by hand, in the roster."""

    DRAFT = "draft", pgettext_lazy("planned duty", "Draft")
    KEPT = "kept", pgettext_lazy("planned duty", "Edited")
    CANCELLED = "cancelled", pgettext_lazy("planned duty", "Cancelled")
    PUBLISHED = "published", pgettext_lazy("planned duty", "Published")


P = PlannedState
CHANGE: Final = Move("change", frozenset({P.DRAFT, P.KEPT}), P.KEPT, rights.EDIT, _("Edit"))
CALL_OFF: Final = Move(
    "call_off", frozenset({P.DRAFT, P.KEPT}), P.CANCELLED, rights.EDIT, _("Cancel shift")
)
DRAW_AGAIN: Final = Move(
    "draw_again", frozenset({P.KEPT, P.CANCELLED}), P.DRAFT, rights.EDIT, _("Reset to cycle")
)


class SwapState(models.TextChoices):
    """What became of an offered duty."""

    OFFERED = "offered", pgettext_lazy("offered duty", "Offered")
    ACCEPTED = "accepted", pgettext_lazy("offered duty", "Accepted")
    REFUSED = "refused", pgettext_lazy("offered duty", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("offered duty", "Withdrawn")
    LAPSED = "lapsed", pgettext_lazy("offered duty", "Expired")


S = SwapState
OFFERED: Final = frozenset({S.OFFERED})
ACCEPT: Final = Move("accept", OFFERED, S.ACCEPTED, rights.SWAP, _("Accept"))
REFUSE: Final = Move("refuse", OFFERED, S.REFUSED, rights.SWAP, _("Refuse"))
WITHDRAW: Final = Move("withdraw", OFFERED, S.WITHDRAWN, rights.SWAP, _("Withdraw"))
LAPSE: Final = Move("lapse", OFFERED, S.LAPSED, rights.SWAP, _("Expire"))
