"""Headings under which pages stand, in *More* and in *Settings*."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Heading:
    NONE: Final = ""
    RUN: Final[Promise] = _("RUN")
    BUILD: Final[Promise] = _("BUILD")
    CUSTOMERS: Final[Promise] = _("Customers")
    INFRASTRUCTURE: Final[Promise] = _("Infrastructure")
    ORGANISATION: Final[Promise] = _("Organisation")
    DESK: Final[Promise] = _("Service desk")
    ALERTING: Final[Promise] = _("Alerts and on-call")
    SHIFTS: Final[Promise] = _("Shifts")
    CATALOGUE: Final[Promise] = _("Catalogue and projects")
    MAIL: Final[Promise] = _("Mail and channels")
    DATA: Final[Promise] = pgettext_lazy("heading of settings", "Data and integrations")
