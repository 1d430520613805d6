"""Rights of automations."""

from django.utils.translation import gettext_lazy as _

from opale.organisation.rights import STAFF, F, Right

READ = "automations.read"
WRITE = "automations.write"

RIGHTS = {
    READ: Right(_("View automations and what they did"), everywhere=STAFF),
    WRITE: Right(
        _("Write, enable and undo automations, which act with their author’s rights"),
        everywhere={F.SERVICE_MANAGER},
    ),
}
