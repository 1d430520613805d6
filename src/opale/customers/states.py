"""The states of a service, those of TMF638."""

from django.utils.translation import gettext_lazy as _

from opale.customers.rights import EDIT
from opale.kernel.states import Move

DESIGN = Move("design", frozenset({"feasibilityChecked"}), "designed", EDIT, _("Designed"))
RESERVE = Move("reserve", frozenset({"designed"}), "reserved", EDIT, _("Reserved"))
INSTALL = Move("install", frozenset({"designed", "reserved"}), "inactive", EDIT, _("Installed"))
ACTIVATE = Move(
    "activate", frozenset({"designed", "reserved", "inactive"}), "active", EDIT, _("Activate")
)
SUSPEND = Move("suspend", frozenset({"active"}), "inactive", EDIT, _("Suspend"))
TERMINATE = Move(
    "terminate",
    frozenset({"feasibilityChecked", "designed", "reserved", "inactive", "active"}),
    "terminated",
    EDIT,
    _("Terminate"),
)
SERVICE_MOVES = (DESIGN, RESERVE, INSTALL, ACTIVATE, SUSPEND, TERMINATE)
