"""Acts of projects: open, change, lead, begin, finish, promise and reserve stock."""

from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import button, change, create, form, moves, remove
from opale.delivery.projects.actions import (
    packages,
    placements,
    projects,
    reservations,
    slippage,
    wanted_date,
)
from opale.delivery.projects.acts.subjects import NEED, ORDER, PACKAGE, PROJECT, place_of_promises
from opale.delivery.projects.forms import (
    BaselineForm,
    ManagerForm,
    NeedsForm,
    PackageForm,
    ProjectForm,
    UnitsForm,
)
from opale.delivery.projects.models import Project
from opale.delivery.projects.queries.proposed_promise import proposed_promise
from opale.delivery.projects.rights import WORK
from opale.delivery.projects.shapes import BaselineOut, MovedHoursOut
from opale.delivery.projects.states import BEGIN, FINISH, ProjectState
from opale.ui.toasts import Tone


def new_state(project: Project, _made: Any) -> str:
    """Return whether the project has started or finished."""
    project.refresh_from_db(fields=["state"])
    runs = project.state == ProjectState.RUNNING
    return gettext("Project started.") if runs else gettext("Project finished.")


def moved_hours(_project: Project, done: reservations.MovedHours) -> str | tuple[str, Tone]:
    """Return how many tasks have their hours on the planned days again, and why others do not."""
    said = ngettext(
        "Hours of %(n)s task moved to the planned days.",
        "Hours of %(n)s tasks moved to the planned days.",
        done.moved,
    ) % {"n": done.moved}
    return (" ".join([said, *done.refused]), "note") if done.refused else said


ACTS = (
    button(
        ORDER, projects.open_project, "open_project", WORK, noun=None, page="opening", made=PROJECT,
        label=_("Create project"), tone="primary",
        said=_("Project created from the order."),
    ),
    change(
        PROJECT, projects.edit_project, "edit_project", WORK, ProjectForm,
        title=_("Edit project"), submit=_("Save"), label=_("Edit"), icon="edit", key="e",
        said=_("Project saved, schedule updated."),
        text="Its dates are worked out anew.",
    ),
    form(
        PROJECT, projects.assign_manager, "give_project", WORK, ManagerForm, noun="manager",
        page=None,
        names={"manager": "person_id"},
    ),
    moves(
        PROJECT, projects.move_project, "move_project", WORK, noun=None, page="moves",
        choice="project_move", among={move.name: move for move in (BEGIN, FINISH)},
        said=new_state,
    ),
    button(
        PROJECT, projects.move_project, "begin_project", WORK, noun="beginning", page=None,
        move=BEGIN, text="Begin it: somebody leads it by then.",
    ),
    button(
        PROJECT, projects.move_project, "finish_project", WORK, noun="finishing", page=None,
        move=FINISH,
        text="When everything is delivered and proved; the lines of its order are completed with"
        " it.",
    ),
    button(
        PROJECT, wanted_date.adopt_ordered_day, "take_over_wanted_day", WORK, noun="wanted-day",
        label=_("Plan for the customer’s date"), said=_("Schedule moved to the customer’s date."),
        text="Plan for the day that the order names by now (`ordered_on`), after another was"
        " promised.",
    ),
    create(
        PROJECT, packages.add_package, "create_work_package", WORK, PackageForm, made=PACKAGE,
        noun="work-packages", page="packages/new", title=_("Add task"),
        submit=_("Add"), icon="plus", said=_("Task added."),
    ),
    form(
        PROJECT, slippage.create_baseline, "create_baseline", WORK, BaselineForm, made=BaselineOut,
        noun="baselines", page="promises/new", home=place_of_promises, optional={"promised_on"},
        initial=lambda project, _by: {
            "promised_on": proposed_promise(project, project.ends_on)
        },
        title=_("Set customer date"), submit=_("Save and set baseline"),
        label=_("Set customer date"), icon="flag",
        said=_("Customer date saved, baseline set."),
    ),
    form(
        PROJECT, reservations.reserve_needs, "reserve_needs", WORK, NeedsForm, noun=None,
        page="needs",
        title=_("Reserve stock"), submit=_("Reserve"), label=_("Reserve stock"),
        icon="lock", said=_("Selected stock reserved."),
    ),
    button(
        PROJECT, reservations.move_hours, "move_hours", WORK, noun="hours", gives=MovedHoursOut,
        label=_("Move reserved hours"), icon="calendar-event", said=moved_hours,
        text="Reserve the hours that are held on other days than planned on the planned ones;"
        " `refused` says of which tasks that is not possible, and why.",
    ),
    form(
        NEED, placements.place_need, "place_technical_need", WORK, UnitsForm, noun="place",
        page=None,
        optional={"since"},
        text="Hold units of an item by name, in place of those held before; 409 where one is"
        " taken.",
    ),
    remove(
        NEED, placements.free_place, "free_technical_need", WORK, noun="place",
        page="place/release",
        label=_("Release"), said=_("Units released."), tone="ghost",
    ),
)  # fmt: skip
