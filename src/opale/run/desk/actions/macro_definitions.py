"""Writing, changing and retiring macros: the lead's shared ones, and one's own.

Source: docs/rules/macros.md.
"""

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Invalid, NotAllowed, NotFound
from opale.organisation.models import Person, Team
from opale.run.desk.actions.macros import MacroActs
from opale.run.desk.domain.text_variables import unknown_variables_in
from opale.run.desk.models import Grade, Kind, Macro, Pause
from opale.run.desk.queries.macros import macros
from opale.run.desk.queries.text_modules import text_modules
from opale.run.desk.rights import ADMINISTER, CONSOLE, WORK

MAX_PAUSE = timedelta(days=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class MacroInput:
    """The content of a macro: its names, acts, and the tickets it applies to."""

    name_fr: str
    name_en: str
    acts: MacroActs
    only_kind: str = ""
    only_mine: bool = False
    most_priority: int = 1
    personal: bool = False

    @classmethod
    def of(cls, macro: Macro) -> "MacroInput":
        return cls(
            name_fr=macro.name_fr,
            name_en=macro.name_en,
            acts=MacroActs.of(macro),
            only_kind=macro.only_kind,
            only_mine=macro.only_mine,
            most_priority=macro.most_priority,
            personal=macro.person_id is not None,
        )


def create_macro(sheet: MacroInput, *, by: Actor) -> Macro:
    """Errors: NotAllowed, Invalid."""
    if not _may_write(by, personal=sheet.personal):
        raise NotAllowed
    row = _fields_of(sheet, by=by)
    with attributed(by):
        return Macro.objects.create(person_id=by.person_id if sheet.personal else None, **row)


def edit_macro(macro: Macro, sheet: MacroInput, *, by: Actor) -> Macro:
    """Errors: NotFound, NotAllowed, Invalid."""
    with attributed(by):
        held = _hold(macro, by=by)
        if not _may_write(by, personal=sheet.personal):
            raise NotAllowed
        if sheet.personal and held.person_id is None:
            raise Invalid(personal=_("Other agents use this macro, so it stays shared."))
        row = _fields_of(sheet, by=by)
        if not sheet.personal:
            row["person_id"] = None
        Macro.objects.filter(pk=held.pk).update(**row)
    for name, value in row.items():
        setattr(held, name, value)
    return held


def retire_macro(macro: Macro, *, by: Actor) -> None:
    """Retire a macro: it is no longer offered. Errors: NotFound, NotAllowed."""
    with attributed(by):
        held = _hold(macro, by=by)
        Macro.objects.filter(pk=held.pk, retired_at=None).update(retired_at=clock.now())


def reinstate_macro(macro: Macro, *, by: Actor) -> None:
    """Errors: NotFound, NotAllowed."""
    with attributed(by):
        held = _hold(macro, by=by)
        Macro.objects.filter(pk=held.pk).update(retired_at=None)


def may_edit_macro(macro: Macro, by: Actor) -> bool:
    if macro.person_id is not None:
        return macro.person_id == by.person_id and by.can(WORK)
    return by.can(ADMINISTER)


def _may_write(by: Actor, *, personal: bool) -> bool:
    if personal:
        return by.person_id is not None and by.can(WORK)
    return by.can(ADMINISTER)


def _hold(macro: Macro, *, by: Actor) -> Macro:
    if not by.can(CONSOLE):
        raise NotAllowed
    if not macros(seen_by=by, retired=True).filter(pk=macro.pk).exists():
        raise NotFound
    held = Macro.objects.select_for_update().get(pk=macro.pk)
    if not may_edit_macro(held, by):
        raise NotAllowed
    return held


def _fields_of(sheet: MacroInput, *, by: Actor) -> dict[str, Any]:
    acts = sheet.acts
    wrong: dict[str, str] = {}
    names = {name: " ".join(getattr(sheet, name).split()) for name in ("name_fr", "name_en")}
    for name, value in names.items():
        if not value:
            wrong[name] = _("Enter the text in both languages.")
        elif len(value) > 100:
            wrong[name] = _("A name can have at most 100 characters.")
    wrong |= wrong_acts(acts, by=by, personal=sheet.personal)
    if sheet.only_kind and sheet.only_kind not in Kind.values:
        wrong["only_kind"] = _("This kind does not exist.")
    if sheet.most_priority not in range(1, 6):
        wrong["most_priority"] = _("Priority must be between 1 and 5.")
    if wrong:
        raise Invalid(**wrong)
    return {
        **names,
        "acts": acts.to_record(),
        "only_kind": sheet.only_kind,
        "only_mine": sheet.only_mine,
        "most_priority": sheet.most_priority,
    }


def wrong_acts(acts: MacroActs, *, by: Actor, personal: bool = False) -> dict[str, str]:
    """Return the error of each act; of two errors in one act, the later. Shared series use shared
    canned replies alone."""
    return _wrong_texts(acts) | _wrong_choices(acts, by=by, personal=personal)


def _wrong_texts(acts: MacroActs) -> dict[str, str]:
    wrong: dict[str, str] = {}
    for one, other in (("note_fr", "note_en"), ("cause_fr", "cause_en")):
        for name, twin in ((one, other), (other, one)):
            text = getattr(acts, name)
            if not text.strip() and getattr(acts, twin).strip():
                wrong[name] = _("Enter the text in both languages.")
            if unknown := unknown_variables_in(text):
                wrong[name] = _("Unknown variable “%(name)s”.") % {"name": unknown[0]}
    return wrong


def _wrong_choices(acts: MacroActs, *, by: Actor, personal: bool) -> dict[str, str]:
    offered = text_modules(seen_by=by).filter(pk=acts.module_id or 0)
    if not personal:
        offered = offered.filter(person=None)
    minutes, ends = acts.pause_minutes, acts.resolve or acts.restore or acts.close
    longest = MAX_PAUSE.total_seconds() // 60
    grades = (None, *Grade.values)
    faults = (
        ("take", not any(asdict(acts).values()), _("Add at least one step.")),
        (
            "owner_id",
            acts.take and acts.owner_id is not None,
            _("A macro cannot both take a ticket and assign it."),
        ),
        ("impact", acts.impact not in grades, _("Choose a value between 1 and 3.")),
        ("urgency", acts.urgency not in grades, _("Choose a value between 1 and 3.")),
        (
            "pause",
            acts.pause not in ("", *Pause.Kind.values),
            _("This type of hold does not exist."),
        ),
        ("pause", bool(acts.pause) and ends, _("A macro cannot both put on hold and resolve.")),
        (
            "pause_minutes",
            minutes is not None and not 0 < minutes <= longest,
            _("A macro can put on hold for at most 60 days."),
        ),
        (
            "pause_minutes",
            acts.pause == Pause.Kind.AGREED_DATE and not minutes,
            _("Enter a duration."),
        ),
        ("close", acts.close and not acts.resolve, _("Resolve the ticket before closing it.")),
        (
            "team_id",
            acts.team_id is not None and not Team.objects.filter(pk=acts.team_id).exists(),
            _("This team no longer exists."),
        ),
        (
            "owner_id",
            acts.owner_id is not None
            and not Person.objects.filter(pk=acts.owner_id, left_on=None).exists(),
            _("This person does not exist."),
        ),
        (
            "module_id",
            acts.module_id is not None and not offered.exists(),
            _("This canned reply does not exist."),
        ),
    )
    return {name: sentence for name, wrong, sentence in faults if wrong}
