"""The rights of shifts."""

from django.utils.translation import gettext_lazy as _

from opale.organisation.rights import STAFF, TEAM_LEADERS, F, Right

READ = "shifts.read"
EDIT = "shifts.edit"
SWAP = "shifts.swap"

RIGHTS = {
    READ: Right(_("See who is on duty"), everywhere=STAFF),
    EDIT: Right(
        _("Plan rosters: shifts, cycles, requirements, proposals"),
        everywhere={F.SERVICE_MANAGER, F.ADMINISTRATOR},
        led_teams=TEAM_LEADERS,
    ),
    SWAP: Right(
        _("Offer one’s own shifts, accept and take over those of one’s teams"), own_teams=STAFF
    ),
}
