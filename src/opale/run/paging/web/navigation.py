"""Pages of paging that people go to."""

from django.utils.translation import gettext_lazy as _

from opale.organisation.domain.headings import Heading
from opale.organisation.rights import DESK, F
from opale.run.paging import rights
from opale.run.paging.actions.mobilisations import BOARD
from opale.run.paging.queries import mobilisations
from opale.ui.navigation import Area, Entry

ENTRIES = (
    Entry(
        label=_("On-call"),
        icon="bell-ringing",
        url_name="paging_board",
        right=rights.READ,
        group=Heading.RUN,
        rail=DESK | {F.CORE_ENGINEER, F.TOOLS_ENGINEER},
        count=mobilisations.unanswered_mobilisations,
        topic=BOARD,
        places=("/paging/",),
        loud=True,
        words=_("pages, pager, paging, escalation"),
        order=16,
    ),
    Entry(
        label=_("My alerts to answer"),
        icon="bell",
        url_name="paging_mine",
        right=rights.OWN,
        group=Heading.ORGANISATION,
        area=Area.ACCOUNT,
        words=_("my pages"),
        order=200,
    ),
    Entry(
        label=_("My contact methods"),
        icon="device-mobile",
        url_name="paging_contacts",
        right=rights.OWN,
        group=Heading.ORGANISATION,
        area=Area.ACCOUNT,
        words=_("phone, SMS, push, quiet hours"),
        order=201,
    ),
    Entry(
        label=_("Call-outs"),
        icon="clipboard-list",
        url_name="paging_slips",
        right=rights.SLIPS,
        group=Heading.RUN,
        area=Area.PAGE,
        words=_("stand-by slips, payroll, rest"),
        order=38,
    ),
    Entry(
        label=_("Escalation policies"),
        icon="stairs-up",
        url_name="paging_policies",
        right=rights.READ,
        group=Heading.ALERTING,
        area=Area.SETTINGS,
        about=_("Who is paged, in which order and how often"),
        words=_("paging, on-call"),
        order=113,
    ),
    Entry(
        label=_("Paging simulation"),
        icon="bell-question",
        url_name="paging_dry_run",
        right=rights.READ,
        group=Heading.ALERTING,
        area=Area.SETTINGS,
        about=_("Who would be paged now for a given alert"),
        words=_("dry run, test"),
        order=114,
    ),
    Entry(
        label=_("SMS and voice providers"),
        icon="phone",
        url_name="paging_gateways",
        right=rights.READ,
        group=Heading.ALERTING,
        area=Area.SETTINGS,
        about=_("Providers that send text messages and call phones"),
        words=_("gateways, text message"),
        order=115,
    ),
)
