"""Actions on support plans, which change by a new version that starts on a day.

Source: docs/rules/priority.md.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from opale.customers import rights
from opale.customers.domain.grades import GRADES
from opale.customers.facts import PlanVersionStarted
from opale.customers.models import (
    ClocksShown,
    Coverage,
    Measure,
    PlanTarget,
    Stream,
    SupportPlan,
    SupportPlanVersion,
)
from opale.kernel import live_topics
from opale.kernel.action_steps import lock_row, require_everywhere, update_changed
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.constraints import translate_violations
from opale.kernel.errors import Conflict, Invalid
from opale.kernel.facts import announce

Matrix = Mapping[str, Mapping[str, int]]
PRIORITIES = range(1, 6)


@dataclass(frozen=True, slots=True)
class Target:
    """The time that a version promises for a measure and a priority."""

    measure: Measure
    priority: int
    target: timedelta
    coverage: Coverage
    premium: bool = False


@dataclass(frozen=True, slots=True)
class PlanContent:
    """The content of a version: all of it, whatever the version before contained."""

    stream: Stream
    coverage: Coverage
    matrix: Matrix
    premium_matrix: Matrix
    targets: tuple[Target, ...]
    clocks_shown: ClocksShown = ClocksShown.PROMISES
    exceptional_interventions: bool = False


def create_plan(*, by: Actor, code: str, name_en: str, name_fr: str) -> SupportPlan:
    """Create a support plan. Errors: NotAllowed, Invalid."""
    require_everywhere(by, rights.EDIT)
    if not (code.strip() and name_en.strip() and name_fr.strip()):
        raise Invalid(_("Enter a code and a name in both languages."))
    taken = Invalid(code=_("Another plan has this code."))
    if "/" in code:
        raise Invalid(code=_("The code cannot contain a slash."))
    with attributed(by), translate_violations(customers_supportplan_code_key=taken):
        made = SupportPlan.objects.create(
            code=code.strip(), name_en=name_en.strip(), name_fr=name_fr.strip()
        )
        live_topics.publish("customers.plans")
    return made


def start_version(
    plan: SupportPlan, content: PlanContent, *, by: Actor, starts: date, today: date
) -> SupportPlanVersion:
    """Start a version of a plan on a day. The version before ends there; old tickets keep it.

    A version that has not started yet is replaced by one for the same day, so that a mistake can
    be corrected until then. The past cannot be rewritten.
    Errors: NotAllowed, Invalid, Conflict (a later version is planned, or one began that day).
    """
    require_everywhere(by, rights.EDIT)
    refuse_content(content)
    later = Conflict(_("A later version of this plan is scheduled: change that one first."))
    with attributed(by), translate_violations(one_version_of_a_plan_a_day=later):
        held = lock_row(SupportPlan.objects.filter(pk=plan.pk), by, rights.EDIT)
        first = not held.versions.exists()
        if starts < today and not first:
            raise Invalid(starts=_("A version starts today or later."))
        planned = held.versions.filter(period__startswith=starts, period__startswith__gt=today)
        planned.delete()
        if held.versions.filter(period__startswith=starts).exists():
            raise Conflict(
                _("A version started on that date and may be in use: choose a later date.")
            )
        before = held.versions.filter(period__startswith__lt=starts).order_by("-period").first()
        ends = None
        if before is not None:
            ends = before.period.upper if before.period.upper != starts else None
            update_changed(before, {"period": DateRange(before.period.lower, starts)})
        version = SupportPlanVersion.objects.create(
            plan=held,
            period=DateRange(starts, ends),
            stream=content.stream,
            coverage=content.coverage,
            matrix=content.matrix,
            premium_matrix=content.premium_matrix,
            clocks_shown=content.clocks_shown,
            exceptional_interventions=content.exceptional_interventions,
        )
        PlanTarget.objects.bulk_create(
            PlanTarget(
                version=version,
                premium=target.premium,
                measure=target.measure,
                priority=target.priority,
                target=target.target,
                coverage=target.coverage,
            )
            for target in content.targets
        )
        announce(PlanVersionStarted(version_id=version.pk, plan_id=held.pk, starts=starts), by=by)
        live_topics.publish("customers.plans")
    return version


def refuse_content(content: PlanContent) -> None:
    wrong: dict[str, str] = {}
    for name, matrix in (("matrix", content.matrix), ("premium_matrix", content.premium_matrix)):
        if not _is_matrix(matrix):
            wrong[name] = _("Enter a priority from 1 to 5 for each impact and urgency.")
    if sentence := _wrong_targets(content.targets):
        wrong["targets"] = sentence
    if wrong:
        raise Invalid(**wrong)


def _is_matrix(matrix: Matrix) -> bool:
    return set(matrix) == set(GRADES) and all(
        set(row) == set(GRADES) and all(priority in PRIORITIES for priority in row.values())
        for row in matrix.values()
    )


def _wrong_targets(targets: Iterable[Target]) -> str:
    seen: set[tuple[bool, str, int]] = set()
    for target in targets:
        key = (target.premium, target.measure, target.priority)
        if key in seen:
            return _("A target is entered twice.")
        if target.priority not in PRIORITIES or target.target <= timedelta():
            return _("Enter a target time above zero for each priority from 1 to 5.")
        if target.measure == Measure.AVAILABILITY:
            return _("A plan has target times; availability is sold by contract.")
        seen.add(key)
    return ""
