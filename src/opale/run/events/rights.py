"""The rights of this room."""

from django.utils.translation import gettext_lazy as _

from opale.organisation.rights import DESK, STAFF, F, Right

READ = "events.read"
WORK = "events.work"
ADMINISTER = "events.administer"

RIGHTS = {
    READ: Right(_("See events and alerts"), everywhere=STAFF),
    WORK: Right(
        _("Acknowledge and close alerts, open incidents from them"),
        everywhere=DESK | {F.CORE_ENGINEER},
    ),
    ADMINISTER: Right(
        _("Edit integrations, their keys and their rules"),
        everywhere={F.TOOLS_ENGINEER, F.ADMINISTRATOR},
    ),
}
