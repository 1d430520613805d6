"""Editing the request catalogue. A ticket keeps the form and the rules of its day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _

from opale.customers.models import Coverage, Family, Offering
from opale.kernel import clock, live_topics
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid, NotAllowed
from opale.organisation.models import Team
from opale.run.desk.domain.catalogue.form_fields import form_faults, parse_form
from opale.run.desk.domain.catalogue.routing import parse_rules, rule_faults
from opale.run.desk.domain.catalogue.shipped import SHIPPED, Shipped
from opale.run.desk.models import Authority, RequestType
from opale.run.desk.rights import ADMINISTER

CATALOGUE = "desk.request_types"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestTypeInput:
    """The whole content of a request type: omitted fields are empty."""

    name_en: str
    name_fr: str
    description_en: str = ""
    description_fr: str = ""
    audience: str = RequestType.Audience.CUSTOMERS
    family: str = ""
    offering: Offering | None = None
    authority: str = Authority.OPEN
    fields: Sequence[Mapping[str, Any]] = ()
    routes: Sequence[Mapping[str, Any]] = ()
    team: Team | None = None
    target: timedelta | None = None
    coverage: str = Coverage.CUSTOMER_HOURS

    @classmethod
    def of(cls, kind: RequestType) -> "RequestTypeInput":
        return cls(**{name: getattr(kind, name) for name in cls.__slots__})

    def columns(self) -> dict[str, Any]:
        told = {name: getattr(self, name) for name in self.__slots__}
        fields = [field.record() for field in parse_form(self.fields)]
        routes = [rule.record() for rule in parse_rules(self.routes)]
        return told | {"fields": fields, "routes": routes}


def create_type(sheet: RequestTypeInput, *, by: Actor, code: str = "") -> RequestType:
    """Add a request to the catalogue. Without `code`, one is made of the English name.

    Errors: NotAllowed, Invalid, Conflict (the code is taken).
    """
    _refuse(sheet, by)
    with attributed(by):
        wanted = slugify(code or sheet.name_en)[:40]
        if not wanted:
            raise Invalid(name_en=_("Enter a name."))
        if RequestType.objects.filter(code=wanted).exists():
            raise Conflict(
                _("The code %(code)s is already used by another request type.") % {"code": wanted}
            )
        kind = RequestType.objects.create(code=wanted, **sheet.columns())
        live_topics.publish(CATALOGUE)
    return kind


def edit_type(
    kind: RequestType, sheet: RequestTypeInput, *, by: Actor, reason: str = ""
) -> RequestType:
    """Replace a request type. Existing tickets keep the form and rules of their day.

    Errors: NotAllowed, Invalid.
    """
    _refuse(sheet, by)
    with attributed(by, reason=reason):
        held = RequestType.objects.select_for_update(of=("self",)).get(pk=kind.pk)
        columns = sheet.columns()
        changed = [name for name, value in columns.items() if getattr(held, name) != value]
        for name in changed:
            setattr(held, name, columns[name])
        if changed:
            held.save(update_fields=changed)
            live_topics.publish(CATALOGUE)
    return held


def retire_type(kind: RequestType, *, by: Actor) -> None:
    """Retire a request type. Existing requests of it continue."""
    _retire(kind, by=by, retired=True)


def reinstate_type(kind: RequestType, *, by: Actor) -> None:
    """Offer a retired request type again."""
    _retire(kind, by=by, retired=False)


def load_catalogue(*, by: Actor) -> int:
    """Add the shipped request types that are missing; existing ones are left as they are.

    Errors: NotAllowed.
    """
    if not by.can(ADMINISTER):
        raise NotAllowed
    with attributed(by):
        known = set(RequestType.objects.values_list("code", flat=True))
        missing = [shipped for shipped in SHIPPED if shipped.code not in known]
        teams = {team.kind: team for team in Team.objects.filter(closed_on=None).order_by("-id")}
        RequestType.objects.bulk_create(
            RequestType(
                code=shipped.code, **_sheet_of(shipped, teams.get(shipped.team_kind)).columns()
            )
            for shipped in missing
        )
        if missing:
            live_topics.publish(CATALOGUE)
    return len(missing)


def _sheet_of(shipped: Shipped, team: Team | None) -> RequestTypeInput:
    return RequestTypeInput(
        name_en=shipped.name_en,
        name_fr=shipped.name_fr,
        description_en=shipped.description_en,
        description_fr=shipped.description_fr,
        audience=shipped.audience,
        family=shipped.family,
        authority=shipped.authority,
        fields=[field.record() for field in shipped.fields],
        routes=[rule.record() for rule in shipped.rules],
        team=team,
        target=shipped.target,
        coverage=shipped.coverage,
    )


def _retire(kind: RequestType, *, by: Actor, retired: bool) -> None:
    if not by.can(ADMINISTER):
        raise NotAllowed
    with attributed(by):
        on = clock.now().date() if retired else None
        RequestType.objects.filter(pk=kind.pk).update(retired_on=on)
        live_topics.publish(CATALOGUE)


def _refuse(sheet: RequestTypeInput, by: Actor) -> None:
    if not by.can(ADMINISTER):
        raise NotAllowed
    wrong: dict[str, str] = {}
    for name in ("name_en", "name_fr"):
        if not getattr(sheet, name).strip():
            wrong[name] = _("Enter a name.")
    employees = sheet.audience == RequestType.Audience.EMPLOYEES
    if sheet.audience not in RequestType.Audience.values:
        wrong["audience"] = _("Choose who can request it.")
    if employees and (sheet.family or sheet.offering):
        wrong["family"] = _("An employee request cannot belong to an offering.")
    if employees and sheet.authority != Authority.OPEN:
        wrong["authority"] = _("Employee requests need no authority.")
    if sheet.authority not in Authority.values:
        wrong["authority"] = _("Unknown authority.")
    if sheet.family and sheet.family not in Family.values:
        wrong["family"] = _("Unknown service family.")
    if sheet.coverage not in Coverage.values:
        wrong["coverage"] = _("Unknown working hours.")
    if sheet.target is not None and sheet.target <= timedelta():
        wrong["target"] = _("The target must be longer than zero.")
    wrong |= _faults_of_form(sheet, employees=employees)
    if wrong:
        raise Invalid("", **wrong)


def _faults_of_form(sheet: RequestTypeInput, *, employees: bool) -> dict[str, str]:
    try:
        form, rules = parse_form(sheet.fields), parse_rules(sheet.routes)
        faults = form_faults(form, for_employees=employees)
        ruled = rule_faults(rules, [field.name for field in form])
    except (KeyError, TypeError, AttributeError) as error:
        return {"fields": _("The form definition is invalid: %(error)s.") % {"error": error}}
    found = {"fields": " ".join(faults)} if faults else {}
    return found | ({"routes": " ".join(ruled)} if ruled else {})
