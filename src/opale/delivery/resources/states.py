"""State machine of resource requests. Source: docs/rules/resource-requests.md, "States"."""

from typing import Final

from django.db import models
from django.utils.translation import pgettext_lazy

from opale.delivery.resources.rights import ANSWER, ASK
from opale.kernel.states import Move


class RequestState(models.TextChoices):
    ASKED = "asked", pgettext_lazy("a resource request", "To be answered")
    OFFERED = "offered", pgettext_lazy("a resource request", "Candidates proposed")
    COUNTERED = "countered", pgettext_lazy("a resource request", "Another date proposed")
    REFUSED = "refused", pgettext_lazy("a resource request", "Refused")
    STAFFED = "staffed", pgettext_lazy("a resource request", "Reserved")
    WITHDRAWN = "withdrawn", pgettext_lazy("a resource request", "Withdrawn")


S = RequestState
OPEN: Final = frozenset({S.ASKED, S.OFFERED, S.COUNTERED})
WAITS_FOR_LEAD: Final = frozenset({S.ASKED})
WAITS_FOR_ASKER: Final = frozenset({S.OFFERED, S.COUNTERED})

OFFER: Final = Move(
    "offer", OPEN, S.OFFERED, ANSWER, pgettext_lazy("a resource request", "Propose candidates")
)
COUNTER: Final = Move(
    "counter",
    OPEN,
    S.COUNTERED,
    ANSWER,
    pgettext_lazy("a resource request", "Propose another date"),
)
REFUSE: Final = Move(
    "refuse", OPEN, S.REFUSED, ANSWER, pgettext_lazy("a resource request", "Refuse")
)
ACCEPT: Final = Move(
    "accept", frozenset({S.OFFERED}), S.STAFFED, ASK, pgettext_lazy("a resource request", "Accept")
)
STAFF: Final = Move("staff", frozenset({S.ASKED, S.OFFERED}), S.STAFFED, ASK)
AGREE: Final = Move(
    "agree",
    frozenset({S.COUNTERED}),
    S.ASKED,
    ASK,
    pgettext_lazy("a resource request", "Accept date"),
)
WITHDRAW: Final = Move(
    "withdraw", OPEN, S.WITHDRAWN, ASK, pgettext_lazy("a resource request", "Withdraw")
)
