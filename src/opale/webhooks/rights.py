"""The rights of this app."""

from django.utils.translation import gettext_lazy as _

from opale.organisation.rights import F, Right

USE = "webhooks.use"

RIGHTS = {
    USE: Right(
        _("Use webhooks, which receive only what their owner can see"),
        everywhere={F.ADMINISTRATOR},
        own={
            F.SOLUTION_ARCHITECT,
            F.PROJECT_MANAGER,
            F.SERVICE_MANAGER,
            F.TOOLS_ENGINEER,
            F.CUSTOMER_CONTACT,
        },
    ),
}
