"""Pages of events that people go to."""

from django.utils.translation import gettext_lazy as _

from opale.organisation.domain.headings import Heading
from opale.organisation.rights import DESK, F
from opale.run.events import rights
from opale.run.events.queries import alerts
from opale.ui.navigation import Area, Entry

ENTRIES = (
    Entry(
        label=_("Alerts"),
        icon="bell",
        url_name="events_board",
        right=rights.READ,
        group=Heading.RUN,
        rail=DESK | {F.CORE_ENGINEER, F.TOOLS_ENGINEER},
        count=alerts.unacknowledged_alerts,
        topic="events.board",
        phone=True,
        loud=True,
        places=("/alerts/", "/events/"),
        key="g a",
        words=_("monitoring, events"),
        order=14,
    ),
    Entry(
        label=_("All alerts"),
        icon="list",
        url_name="events_alerts",
        right=rights.READ,
        group=Heading.RUN,
        area=Area.PAGE,
        order=35,
    ),
    Entry(
        label=_("Noisiest alerts"),
        icon="chart-bar",
        url_name="events_noise",
        right=rights.READ,
        group=Heading.RUN,
        area=Area.PAGE,
        words=_("flapping, noise"),
        order=36,
    ),
    Entry(
        label=_("Silences"),
        icon="bell-off",
        url_name="events_silences",
        right=rights.READ,
        group=Heading.RUN,
        area=Area.PAGE,
        words=_("mute, maintenance, downtime"),
        order=37,
    ),
    Entry(
        label=_("Integrations"),
        icon="plug",
        url_name="events_integrations",
        right=rights.READ,
        group=Heading.ALERTING,
        area=Area.SETTINGS,
        about=_("Monitoring tools that send alerts, their addresses and keys"),
        words=_("Alertmanager, Zabbix, Icinga, Nagios, SNMP, syslog, JSON"),
        order=110,
    ),
    Entry(
        label=_("Alert rules"),
        icon="filter",
        url_name="events_rules",
        right=rights.READ,
        group=Heading.ALERTING,
        area=Area.SETTINGS,
        about=_("What is done with an alert: severity, delay, enrichment, paging"),
        words=_("routing, conditions"),
        order=111,
    ),
    Entry(
        label=_("Heartbeats"),
        icon="heartbeat",
        url_name="events_heartbeats",
        right=rights.READ,
        group=Heading.ALERTING,
        area=Area.SETTINGS,
        about=_("Jobs that must report in time, or raise an alert"),
        words=_("cron, dead man"),
        order=112,
    ),
)
