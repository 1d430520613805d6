"""Pages of people, teams and logins that people go to."""

from django.utils.translation import gettext_lazy as _

from opale.organisation import rights
from opale.organisation.domain.headings import Heading
from opale.organisation.rights import F
from opale.ui.navigation import Area, Entry

ENTRIES = (
    Entry(
        label=_("People"),
        icon="users",
        url_name="organisation_people",
        right=rights.READ,
        group=Heading.ORGANISATION,
        rail={F.ADMINISTRATOR, F.GROUP_COLLEAGUE, F.EMPLOYEE},
        places=("/people/",),
        words=_("employees, colleagues, directory, logins"),
        order=80,
    ),
    Entry(
        label=_("Teams"),
        icon="sitemap",
        url_name="organisation_teams",
        right=rights.READ,
        group=Heading.ORGANISATION,
        rail={F.ADMINISTRATOR},
        places=("/teams/", "/memberships/"),
        order=81,
    ),
    Entry(
        label=_("Companies"),
        icon="building",
        url_name="organisation_companies",
        right=rights.ADMINISTER,
        group=Heading.ORGANISATION,
        area=Area.SETTINGS,
        places=("/companies/",),
        about=_("Legal entities of the group, with their calendars"),
        order=160,
    ),
    Entry(
        label=_("Skills"),
        icon="certificate",
        url_name="organisation_skills",
        right=rights.READ,
        group=Heading.ORGANISATION,
        area=Area.SETTINGS,
        places=("/skills/",),
        about=_("Skills of people, with levels"),
        order=161,
    ),
    Entry(
        label=_("Calendars"),
        icon="calendar",
        url_name="organisation_calendars",
        right=rights.ADMINISTER,
        group=Heading.ORGANISATION,
        area=Area.SETTINGS,
        places=("/calendars/",),
        about=_("Working hours and public holidays"),
        words=_("business hours, bank holidays"),
        order=162,
    ),
    Entry(
        label=_("Audit log"),
        icon="shield-lock",
        url_name="organisation_audit_log",
        right=rights.ADMINISTER,
        group=Heading.ORGANISATION,
        area=Area.SETTINGS,
        about=_("Logins, passwords, access and tokens: who did what, from where"),
        words=_("security, history"),
        order=163,
    ),
    Entry(
        label=_("Preferences"),
        icon="world",
        url_name="organisation_preferences",
        right=rights.EDIT_SELF,
        group=Heading.ORGANISATION,
        area=Area.ACCOUNT,
        words=_("language, time zone"),
        order=206,
    ),
    Entry(
        label=_("API tokens"),
        icon="key",
        url_name="organisation_tokens",
        right=rights.TOKENS,
        group=Heading.ORGANISATION,
        area=Area.ACCOUNT,
        words=_("API keys"),
        order=207,
    ),
)
