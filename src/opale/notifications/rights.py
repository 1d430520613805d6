"""The right of notifications."""

from django.utils.translation import gettext_lazy as _

from opale.organisation.rights import F, Right

USE = "notifications.use"

RIGHTS = {
    USE: Right(_("Read one’s notifications and choose how they arrive"), own={F.EMPLOYEE}),
}
