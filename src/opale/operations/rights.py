"""The rights of this app."""

from django.utils.translation import gettext_lazy as _

from opale.organisation.rights import F, Right

JOBS = "operations.jobs"

RIGHTS = {
    JOBS: Right(
        _("See the background jobs that failed, run them again and discard them"),
        everywhere={F.ADMINISTRATOR},
    ),
}
