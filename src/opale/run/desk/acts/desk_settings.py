"""Acts on the desk's settings: streams, target times of levels, links of wall screens."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import Subject, button, change, form, place, remove
from opale.kernel.actor import Actor
from opale.run.desk.actions import desk_settings
from opale.run.desk.actions.wallboards import revoke_wall_key
from opale.run.desk.forms.desk_settings import (
    InternalTargetForm,
    LevelTargetChangeForm,
    LevelTargetForm,
    StreamForm,
)
from opale.run.desk.models import InternalTarget, LevelTarget, StreamSettings, WallKey
from opale.run.desk.queries import answers
from opale.run.desk.queries.wallboards import get_wall_key
from opale.run.desk.rights import ADMINISTER
from opale.run.desk.shapes.desk_settings import InternalTargetOut, LevelTargetOut, StreamOut

settings_page = place("desk_settings", _("Desk settings"))


def minutes_of_stream(stream: StreamSettings, _by: Actor) -> dict[str, Any]:
    minutes = int(stream.triage_target.total_seconds() // 60)
    return {"engineer_answers": stream.engineer_answers, "triage_minutes": minutes}


def minutes_of_internal(target: InternalTarget, _by: Actor) -> dict[str, Any]:
    return {**InternalTargetOut.from_orm(target).dict(), "calendar": target.calendar_id}


def minutes_of_level(target: LevelTarget, _by: Actor) -> dict[str, Any]:
    held = LevelTargetOut.from_orm(target).dict()
    return {**held, "priority": target.priority or "", "calendar": target.calendar_id}


STREAM = Subject(
    name="stream", model=StreamSettings, get=answers.get_stream, rows=answers.stream_settings,
    column="stream", shape=StreamOut, page="desk/settings/streams/<slug:stream>/",
    endpoint="/desk/streams/{stream}", home=settings_page,
)  # fmt: skip
INTERNAL_TARGET = Subject(
    name="internal_target", model=InternalTarget, get=answers.get_internal_target,
    rows=answers.internal_targets, column="priority", shape=InternalTargetOut,
    page="desk/settings/internal/<int:priority>/",
    endpoint="/desk/internal-targets/{int:priority}", home=settings_page,
)  # fmt: skip
LEVEL_TARGETS: Subject[LevelTarget] = Subject(
    name="level_targets", page="desk/settings/levels/", endpoint="/desk/level-targets",
    home=settings_page,
)  # fmt: skip
LEVEL_TARGET = Subject(
    name="level_target", model=LevelTarget, get=answers.get_level_target,
    page="desk/settings/levels/<int:target_id>/", endpoint="/desk/level-targets/{int:target_id}",
    home=settings_page,
)  # fmt: skip
WALL_KEY = Subject(
    name="wall_key", model=WallKey, get=get_wall_key, page="desk/settings/walls/<int:key_id>/",
    home=place("desk_wall_keys", _("Wall screens")),
)  # fmt: skip

ACTS = (
    change(
        STREAM, desk_settings.edit_stream, "edit_stream", ADMINISTER, StreamForm, page="",
        url="set_stream", names={"triage_minutes": "triage_target_minutes"},
        optional=set(StreamForm.base_fields), initial=minutes_of_stream, title="%(name)s",
        submit=_("Save"), label=_("Save"),
        said=_("Saved."),
    ),
    change(
        INTERNAL_TARGET, desk_settings.edit_internal_target, "edit_internal_target", ADMINISTER,
        InternalTargetForm, page="", names={"calendar": "calendar_id"},
        optional=set(InternalTargetForm.base_fields), initial=minutes_of_internal,
        title=_("Targets of internal incidents, %(name)s"), submit=_("Save"), label=_("Save"),
        said=_("Saved."),
    ),
    form(
        LEVEL_TARGETS, desk_settings.set_level_target, "set_level_target", ADMINISTER,
        LevelTargetForm, noun="", page="new", verb="PUT", gives=LevelTargetOut,
        title=_("Internal SLAs (OLA)"), submit=_("Save"), label=_("OLA target"),
        icon="plus", key="c", said=_("Saved."),
        text="Set what a level promises for a priority, or without one for all; the row is made"
        " where none is.",
    ),
    form(
        LEVEL_TARGET, desk_settings.edit_level_target, "edit_level_target", ADMINISTER,
        LevelTargetChangeForm, noun=None, page="", initial=minutes_of_level,
        title=_("Internal SLAs (OLA)"), submit=_("Save"), said=_("Saved."),
    ),
    remove(
        LEVEL_TARGET, desk_settings.remove_level_target, "remove_level_target", ADMINISTER,
        page="end", label=_("Remove"), tone="ghost", said=_("Saved."),
    ),
    button(
        WALL_KEY, revoke_wall_key, "revoke_wall_key", ADMINISTER, noun=None, page="revocation",
        label=_("Revoke"), tone="ghost", said=_("Link revoked."),
    ),
)  # fmt: skip
