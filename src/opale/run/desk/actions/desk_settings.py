"""Settings of the desk: who sends engineers' answers, and the target times of levels."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from opale.kernel import live_topics
from opale.kernel.action_steps import require_everywhere, update_changed
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Invalid, NotFound
from opale.organisation.models import WorkingCalendar
from opale.run.desk.models import InternalTarget, Level, LevelTarget, StreamSettings
from opale.run.desk.rights import ADMINISTER

SETTINGS = "desk.settings"
PRIORITIES = range(1, 6)
INTERNAL_MEASURES = ("acknowledge", "first_response", "restore")


def edit_stream(
    stream: StreamSettings,
    *,
    by: Actor,
    engineer_answers: str | None = None,
    triage_target: timedelta | None = None,
) -> None:
    """Errors: NotFound, NotAllowed, Invalid."""
    require_everywhere(by, ADMINISTER)
    if engineer_answers and engineer_answers not in StreamSettings.Answers.values:
        raise Invalid(engineer_answers=_("This reply mode does not exist."))
    said = {"engineer_answers": engineer_answers, "triage_target": _lasting(triage_target)}
    with attributed(by):
        held = StreamSettings.objects.select_for_update().filter(pk=stream.pk).first()
        if held is None:
            raise NotFound
        if update_changed(held, {name: value for name, value in said.items() if value}):
            live_topics.publish(SETTINGS)


def edit_internal_target(target: InternalTarget, *, by: Actor, **said: Any) -> None:
    """Set the target times of incidents of a priority that belong to no customer.

    It applies to each as soon as its clocks are computed anew. Errors: NotFound, NotAllowed,
    Invalid.
    """
    require_everywhere(by, ADMINISTER)
    with attributed(by):
        held = InternalTarget.objects.select_for_update().filter(pk=target.pk).first()
        if held is None:
            raise NotFound
        lengths = {name: said.get(name, getattr(held, name)) for name in INTERNAL_MEASURES}
        if not lengths["acknowledge"] <= lengths["first_response"] <= lengths["restore"]:
            raise Invalid(restore=_("Each target must be at least as long as the one before it."))
        for length in lengths.values():
            _lasting(length)
        if update_changed(held, said):
            live_topics.publish(SETTINGS)


def set_level_target(
    level: str,
    priority: int | None,
    *,
    by: Actor,
    accept: timedelta,
    deliver: timedelta,
    calendar: WorkingCalendar | None = None,
) -> LevelTarget:
    """Set the target times of a level for a priority, or for all without a row of their own.

    It applies to work asked or moved from now on. Errors: NotAllowed, Invalid.
    """
    require_everywhere(by, ADMINISTER)
    if level not in Level.values or (priority is not None and priority not in PRIORITIES):
        raise Invalid(level=_("This level or priority does not exist."))
    if _lasting(accept) > _lasting(deliver):
        raise Invalid(deliver=_("The acceptance time must be shorter than the delivery time."))
    said = {"accept": accept, "deliver": deliver, "calendar": calendar}
    with attributed(by):
        target, _made = LevelTarget.objects.update_or_create(
            level=level, priority=priority, defaults=said
        )
        live_topics.publish(SETTINGS)
    return target


def edit_level_target(target: LevelTarget, *, by: Actor, **said: Any) -> LevelTarget:
    """Set the target times of a target's level and priority. Errors: NotAllowed, Invalid."""
    return set_level_target(**{**said, "level": target.level, "priority": target.priority}, by=by)


def remove_level_target(target: LevelTarget, *, by: Actor) -> None:
    """Remove a priority's target, so that the row for all applies, which itself always stays.

    Errors: NotFound, NotAllowed, Invalid.
    """
    require_everywhere(by, ADMINISTER)
    if target.priority is None:
        raise Invalid(_("At each level, set a target for all priorities."))
    with attributed(by):
        gone, _by_model = LevelTarget.objects.filter(pk=target.pk).delete()
        if not gone:
            raise NotFound
        live_topics.publish(SETTINGS)


def _lasting(length: timedelta | None) -> timedelta:
    if length is not None and length <= timedelta():
        raise Invalid(_("The target must be longer than zero."))
    return length or timedelta()
