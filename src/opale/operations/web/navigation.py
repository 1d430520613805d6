"""Pages of what keeps Opale running that people go to."""

from django.utils.translation import gettext_lazy as _

from opale.operations import actions, queries, rights
from opale.organisation.domain.headings import Heading
from opale.ui.navigation import Area, Entry

ENTRIES = (
    Entry(
        label=_("Failed jobs"),
        icon="alert-triangle",
        url_name="operations_failed_jobs",
        right=rights.JOBS,
        group=Heading.DATA,
        area=Area.SETTINGS,
        count=queries.jobs_to_look_at,
        topic=actions.TOPIC,
        loud=True,
        about=_("Background jobs to run again or discard"),
        order=153,
    ),
)
