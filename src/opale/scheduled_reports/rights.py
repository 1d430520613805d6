"""The right of scheduled reports."""

from django.utils.translation import gettext_lazy as _

from opale.organisation.rights import STAFF, Right

USE = "scheduled_reports.use"

RIGHTS = {USE: Right(_("Have reports and lists mailed on schedule"), own=STAFF)}
