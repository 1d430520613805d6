"""The states of a configuration item."""

from django.utils.translation import gettext_lazy as _

from opale.infrastructure.rights import EDIT
from opale.kernel.states import Move

COMMISSION = Move(
    "commission", frozenset({"planned", "maintenance"}), "in_service", EDIT, _("Put into service")
)
MAINTAIN = Move(
    "maintain", frozenset({"in_service"}), "maintenance", EDIT, _("Put into maintenance")
)
RETIRE = Move(
    "retire", frozenset({"planned", "in_service", "maintenance"}), "retired", EDIT, _("Retire")
)
REVIVE = Move("revive", frozenset({"retired"}), "planned", EDIT, _("Set back to planned"))
ITEM_MOVES = (COMMISSION, MAINTAIN, RETIRE, REVIVE)
