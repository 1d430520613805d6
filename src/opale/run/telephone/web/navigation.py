"""Pages of the telephone that people go to."""

from django.utils.translation import gettext_lazy as _

from opale.organisation.domain.headings import Heading
from opale.organisation.rights import F
from opale.run.telephone import rights
from opale.run.telephone.queries import calls
from opale.ui.navigation import Area, Entry

ENTRIES = (
    Entry(
        label=_("Calls"),
        icon="phone",
        url_name="telephone_calls",
        right=rights.READ,
        group=Heading.RUN,
        rail={F.DESK_AGENT},
        count=calls.calls_to_call_back,
        topic="telephone.calls",
        places=("/calls/",),
        key="g t",
        words=_("missed calls, call back"),
        order=20,
    ),
    Entry(
        label=_("My phone"),
        icon="phone",
        url_name="telephone_set_lines",
        right=rights.WORK,
        group=Heading.ORGANISATION,
        area=Area.ACCOUNT,
        words=_("extension, lines"),
        order=205,
    ),
)
