"""What is done to automations and their runs."""

from functools import partial

from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import HOME, Place, Subject, button, form, place, remove
from opale.run.automations.actions import definitions, runs
from opale.run.automations.forms import AutomationForm
from opale.run.automations.models import Automation, AutomationRun
from opale.run.automations.queries.automations import get_automation, get_run
from opale.run.automations.rights import WRITE
from opale.run.automations.shapes import AutomationOut, AutomationRunOut

place_of_automations = place("automations_list", _("Ticket automations"))


def place_of(automation: Automation) -> Place:
    return reverse("automations_show", args=[automation.pk]), automation.name


AUTOMATIONS: Subject[Automation] = Subject(
    name="automations", page="automations/", endpoint="/automations", home=place_of_automations
)
AUTOMATION = Subject(
    name="automation", model=Automation, get=get_automation, shape=AutomationOut,
    page="automations/<int:automation_id>/", endpoint="/automations/{int:automation_id}",
    home=place_of, region=HOME,
)  # fmt: skip
REMOVED_AUTOMATION = Subject(
    name="removed_automation", model=Automation, get=partial(get_automation, removed=True),
    page=AUTOMATION.page, home=place_of_automations, column="automation_id",
)  # fmt: skip
RUN = Subject(
    name="automation_run", model=AutomationRun, get=get_run, shape=AutomationRunOut,
    page="automations/runs/<int:run_id>/", endpoint="/automations/runs/{int:run_id}",
    home=lambda run: place_of(run.automation), region=HOME,
)  # fmt: skip

ACTS = (
    form(
        AUTOMATIONS, definitions.create_automation, "create_automation", WRITE, AutomationForm,
        noun="", page=None, made=AUTOMATION,
        text="It is disabled: try it, then enable it. It acts with the rights of its author.",
    ),
    form(
        AUTOMATION, definitions.edit_automation, "edit_automation", WRITE, AutomationForm,
        noun="", page=None, verb="PUT",
        text="From then on it acts with the rights of the caller.",
    ),
    button(
        AUTOMATION, definitions.enable_automation, "enable_automation", WRITE, noun="activity",
        label=pgettext_lazy("a rule", "Enable"), icon="player-play", tone="primary",
        said=lambda row, _made: gettext("Automation “%(name)s” enabled.") % {"name": row.name},
        undo="disable_automation",
        text="For what happens or falls due from then on.",
    ),
    button(
        AUTOMATION, definitions.disable_automation, "disable_automation", WRITE,
        noun="inactivity", label=pgettext_lazy("a rule", "Disable"), icon="player-stop",
        said=lambda row, _made: gettext("Automation “%(name)s” disabled.") % {"name": row.name},
        undo="enable_automation",
    ),
    remove(
        AUTOMATION, definitions.remove_automation, "remove_automation", WRITE, page="removal",
        label=_("Delete"), tone="ghost", icon="trash", said=_("Automation deleted."),
        undo="restore_automation", home=place_of_automations,
    ),
    button(
        REMOVED_AUTOMATION, definitions.restore_automation, "restore_automation", WRITE,
        noun=None, page="removal/withdrawal", said=_("Automation restored."),
    ),
    button(
        RUN, runs.undo_run, "undo_automation_run", WRITE, noun="undoing", label=_("Undo"),
        icon="arrow-back-up", said=_("Undone."),
        text="Undo all that the run did, while the ticket is as the run left it.",
    ),
)  # fmt: skip
