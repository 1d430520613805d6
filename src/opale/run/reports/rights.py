"""Rights of operations reports."""

from django.utils.translation import gettext_lazy as _

from opale.organisation.rights import DESK, F, Right

READ = "reports.read"

RIGHTS = {
    READ: Right(
        _("View operations reports"), everywhere=DESK | {F.SERVICE_MANAGER, F.ADMINISTRATOR}
    ),
}
