"""Acts on text modules; their pages show a module's uses too."""

from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import Subject, button, form, place
from opale.kernel.actor import Actor
from opale.run.desk.actions import text_modules
from opale.run.desk.forms.text_modules import TextModuleForm
from opale.run.desk.models import DeskQuerySet, TextModule
from opale.run.desk.queries import text_modules as text_module_queries
from opale.run.desk.rights import ADMINISTER, WORK
from opale.run.desk.shapes.text_modules import TextModuleOut

place_of_modules = place("desk_modules", _("Canned replies"))


def with_retired(*, seen_by: Actor) -> DeskQuerySet[TextModule]:
    return text_module_queries.text_modules(seen_by=seen_by, retired=True)


MODULES: Subject[TextModule] = Subject(
    name="text_modules", page="desk/modules/", endpoint="/desk/text-modules", home=place_of_modules
)
MODULE = Subject(
    name="module", model=TextModule, get=text_module_queries.get_text_module, rows=with_retired,
    shape=TextModuleOut, page="desk/modules/<int:module_id>/",
    endpoint="/desk/text-modules/{int:module_id}", home=place_of_modules,
)  # fmt: skip

ACTS = (
    form(
        MODULES, text_modules.create_text_module, "create_text_module", WORK, TextModuleForm,
        others=(ADMINISTER,), noun="", page=None, made=MODULE,
        text="Shared ones need desk.administer, one's own desk.work.",
    ),
    form(
        MODULE, text_modules.edit_text_module, "edit_text_module", WORK, TextModuleForm,
        others=(ADMINISTER,), noun="", page=None, verb="PATCH", text="What is not named stays.",
    ),
    button(
        MODULE, text_modules.retire_text_module, "retire_text_module", WORK, others=(ADMINISTER,),
        noun="retirement", label=_("Archive"), icon="archive", undo="reinstate_text_module",
        said=_("Archived."), text="It is offered no more; its figures stay.",
    ),
    button(
        MODULE, text_modules.reinstate_text_module, "reinstate_text_module", WORK,
        others=(ADMINISTER,), noun="reinstatement", label=_("Unarchive"), icon="refresh",
        said=_("Unarchived."),
    ),
)  # fmt: skip
