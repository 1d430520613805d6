"""Text modules: writing them, retiring them, and counting their use.

Source: docs/rules/text-modules.md.
"""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass

from django.db import connection
from django.utils.translation import gettext as _

from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Invalid, NotAllowed, NotFound
from opale.run.desk.domain.text_variables import unknown_variables_in
from opale.run.desk.models import TextModule
from opale.run.desk.queries.text_modules import known_modules, team_of, text_modules
from opale.run.desk.rights import ADMINISTER, CONSOLE, WORK
from opale.ui.palette import without_accents

MAX_BODY_LENGTH = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TextModuleInput:
    """The content of a text module. `personal`: nobody else is offered it."""

    name_fr: str
    name_en: str
    body_fr: str
    body_en: str
    folder: str = ""
    tags: tuple[str, ...] = ()
    personal: bool = False

    @classmethod
    def of(cls, row: TextModule) -> "TextModuleInput":
        return cls(
            name_fr=row.name_fr,
            name_en=row.name_en,
            body_fr=row.body_fr,
            body_en=row.body_en,
            folder=row.folder,
            tags=tuple(row.tags),
            personal=row.person_id is not None,
        )


def create_text_module(sheet: TextModuleInput, *, by: Actor) -> TextModule:
    """Errors: NotAllowed, Invalid (a language missing, an unknown variable)."""
    if not _may_write(by, personal=sheet.personal):
        raise NotAllowed
    fields = _fields_of(sheet)
    with attributed(by):
        person_id = by.person_id if sheet.personal else None
        return TextModule.objects.create(person_id=person_id, **fields)


def edit_text_module(module: TextModule, sheet: TextModuleInput, *, by: Actor) -> TextModule:
    """Change a text module. A shared one stays shared; one's own may be shared by who may write
    shared ones.

    Errors: NotFound, NotAllowed, Invalid.
    """
    with attributed(by):
        held = _hold(module, by=by)
        if not _may_write(by, personal=sheet.personal):
            raise NotAllowed
        if sheet.personal and held.person_id is None:
            raise Invalid(personal=_("Other agents use this canned reply, so it stays shared."))
        fields = _fields_of(sheet)
        if not sheet.personal:
            fields["person_id"] = None
        TextModule.objects.filter(pk=held.pk).update(**fields)
    for name, value in fields.items():
        setattr(held, name, value)
    return held


def retire_text_module(module: TextModule, *, by: Actor) -> None:
    """Retire a text module: its figures stay. Errors: NotFound, NotAllowed."""
    with attributed(by):
        held = _hold(module, by=by)
        TextModule.objects.filter(pk=held.pk, retired_at=None).update(retired_at=clock.now())


def reinstate_text_module(module: TextModule, *, by: Actor) -> None:
    """Errors: NotFound, NotAllowed."""
    with attributed(by):
        held = _hold(module, by=by)
        TextModule.objects.filter(pk=held.pk).update(retired_at=None)


def may_edit_text_module(module: TextModule, by: Actor) -> bool:
    if module.person_id is not None:
        return module.person_id == by.person_id and by.can(WORK)
    return by.can(ADMINISTER)


_COUNT = """
    INSERT INTO desk_textmoduleuse (module_id, team_id, month, times, last_at)
    SELECT unnest(%(modules)s::bigint[]), %(team)s, %(month)s, 1, %(at)s
    ON CONFLICT (module_id, team_id, month)
    DO UPDATE SET times = desk_textmoduleuse.times + 1, last_at = excluded.last_at
"""


def count_use(module_ids: Collection[int], *, by: Actor) -> None:
    """Count the use of these modules for the sender's team, inside the action that sends.

    Rows are locked in key order: two who send the same ones cannot deadlock.
    """
    known = known_modules(set(module_ids), seen_by=by) if module_ids else []
    if not known:
        return
    at = clock.now()
    counted = {
        "modules": known,
        "team": team_of(by),
        "month": at.date().replace(day=1),
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, counted)


def _may_write(by: Actor, *, personal: bool) -> bool:
    if personal:
        return by.person_id is not None and by.can(WORK)
    return by.can(ADMINISTER)


def _hold(module: TextModule, *, by: Actor) -> TextModule:
    if not by.can(CONSOLE):
        raise NotAllowed
    seen = text_modules(seen_by=by, retired=True).filter(pk=module.pk)
    if not seen.exists():
        raise NotFound
    held = TextModule.objects.select_for_update().get(pk=module.pk)
    if not may_edit_text_module(held, by):
        raise NotAllowed
    return held


def _fields_of(sheet: TextModuleInput) -> dict[str, object]:
    wrong: dict[str, str] = {}
    said = asdict(sheet)
    for name in ("name_fr", "name_en", "body_fr", "body_en"):
        said[name] = said[name].replace("\r\n", "\n").strip()
        if not said[name]:
            wrong[name] = _("Enter the text in both languages.")
    for name in ("name_fr", "name_en"):
        said[name] = " ".join(said[name].split())
        if len(said[name]) > 100:
            wrong[name] = _("A name can have at most 100 characters.")
    for name in ("body_fr", "body_en"):
        if len(said[name]) > MAX_BODY_LENGTH:
            wrong[name] = _("This text is too long.")
        if unknown := unknown_variables_in(said[name]):
            wrong[name] = _("Unknown variable “%(name)s”.") % {"name": unknown[0]}
    said["folder"] = " ".join(said["folder"].split())[:60]
    said["tags"] = _tags(said["tags"])
    if wrong:
        raise Invalid(**wrong)
    del said["personal"]
    parts = [said["name_fr"], said["name_en"], said["folder"], *said["tags"]]
    said["searched"] = without_accents("\n".join([*parts, said["body_fr"], said["body_en"]]))
    return said


def _tags(tags: Iterable[str]) -> list[str]:
    return sorted({" ".join(tag.lower().split())[:40] for tag in tags} - {""})[:20]
