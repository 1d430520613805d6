"""Pages of the whole that people go to."""

from django.utils.translation import gettext_lazy as _

from opale.organisation.domain.headings import Heading
from opale.organisation.rights import EDIT_SELF, F
from opale.ui.navigation import Area, Entry
from opale.web.listings import USE

ENTRIES = (
    Entry(
        label=_("Now"),
        icon="home",
        url_name="home",
        group=Heading.NONE,
        order=0,
        always=True,
        phone=True,
        key="g n",
        words=_("home, start, my work"),
    ),
    Entry(
        label=_("Settings"),
        icon="settings",
        url_name="settings",
        right=EDIT_SELF,
        group=Heading.ORGANISATION,
        rail={F.ADMINISTRATOR, F.TOOLS_ENGINEER},
        sums=Area.SETTINGS,
        key="g ,",
        words=_("administration, configuration, preferences"),
        order=95,
    ),
    Entry(
        label=_("Import and export"),
        icon="file-spreadsheet",
        url_name="exchange",
        right=USE,
        group=Heading.DATA,
        area=Area.SETTINGS,
        places=("/exchange/",),
        about=_("Rows of a table as CSV or XLSX, with a preview and undo"),
        words=_("CSV, Excel"),
        order=152,
    ),
)
