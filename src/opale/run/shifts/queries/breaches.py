"""Working-time rules that a roster breaks, and those that a change would break."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.organisation.models import Company, Person
from opale.run.shifts.domain.cycles import DAY, Span, instant
from opale.run.shifts.domain.roster_generator.frame import is_night_work
from opale.run.shifts.domain.working_time import (
    Breach,
    RuleSet,
    end_of_rest,
    find_breaches,
    statutory_rules,
)
from opale.run.shifts.models import (
    CallOut,
    Duty,
    PlannedDuty,
    WorkingTimeRules,
    WorkingTimeRulesQuerySet,
)

LOOKED_BACK = timedelta(weeks=53)
"""How far averages look back."""
MARGIN = timedelta(weeks=2)


@dataclass(frozen=True, slots=True)
class Change:
    """Work or stand-by that a person would gain, or (`gone`) lose."""

    person_id: int
    span: Span
    gone: bool = False
    standby: bool = False


@dataclass(frozen=True, slots=True)
class PersonBreach:
    """A breach in a person's roster."""

    person: Person
    breach: Breach


def rule_sets(*, seen_by: Actor) -> WorkingTimeRulesQuerySet:
    found = WorkingTimeRules.objects.visible_to(seen_by)
    return found.select_related("company").order_by("company__name", "-since")


def get_rules(rules_id: int, *, seen_by: Actor) -> WorkingTimeRules:
    """Errors: NotFound."""
    rules = rule_sets(seen_by=seen_by).filter(pk=rules_id).first()
    if rules is None:
        raise NotFound
    return rules


def breaches(people: Collection[int], within: Span, *, drafts: bool = False) -> list[PersonBreach]:
    """Return the breaches of these people in a period; with `drafts`, as once published."""
    known = _Known.of(people, within, drafts=drafts)
    return [
        PersonBreach(person, breach)
        for person in known.people
        for breach in known.breaches(
            person, within, known.work[person.pk], known.standby[person.pk]
        )
    ]


def breaches_caused_by(changes: Sequence[Change], *, drafts: bool = False) -> list[PersonBreach]:
    """Return the breaches that changes alone would cause; with `drafts`, counting drafts too."""
    if not changes:
        return []
    within = Span(
        min(change.span.starts for change in changes) - MARGIN,
        max(change.span.ends for change in changes) + MARGIN,
    )
    known = _Known.of({change.person_id for change in changes}, within, drafts=drafts)
    found = []
    for person in known.people:
        own = [change for change in changes if change.person_id == person.pk]
        work, standby = known.work[person.pk], known.standby[person.pk]
        before = known.breaches(person, within, work, standby)
        had = {(b.code, b.span.starts): b for b in before}
        for breach in known.breaches(
            person,
            within,
            _changed(work, [change for change in own if not change.standby]),
            _changed(standby, [change for change in own if change.standby]),
        ):
            if _worse(breach, had.get((breach.code, breach.span.starts))):
                found.append(PersonBreach(person, breach))
    return found


def _changed(spans: Iterable[Span], changes: Iterable[Change]) -> list[Span]:
    after = list(spans)
    for change in changes:
        if not change.gone:
            after.append(change.span)
        elif change.span in after:
            after.remove(change.span)
    return after


def _worse(breach: Breach, before: Breach | None) -> bool:
    if before is None:
        return True
    return abs(breach.found - breach.limit) > abs(before.found - before.limit)


def rules_in_force(companies: Iterable[Company], day: date) -> dict[int, RuleSet]:
    """Return the rules of each company's rosters on a day: the law until others are set."""
    known = {company.pk: statutory_rules(company.country) for company in companies}
    written = WorkingTimeRules.objects.filter(company__in=known, since__lte=day)
    return known | {one.company_id: one.rules() for one in written.order_by("since")}


def rest_until(person: Person, called: Span) -> datetime:
    """Return when a person who was called out may work again, by the company's rules that day."""
    zone = ZoneInfo(person.company.time_zone)
    day = called.starts.astimezone(zone).date()
    rules = rules_in_force([person.company], day)[person.company_id]
    reach = Span(called.starts - MARGIN, called.ends)
    work = _duties([person.pk], reach, Duty.Kind.STAFFED, drafts=False)[person.pk]
    known = _called([person.pk], reach).get(person.pk, [])
    others = [one for one in known if one.starts != called.starts]
    return end_of_rest(called, [*work, *others], rules)


def has_standby(person: Person, span: Span) -> bool:
    """Whether a person is on stand-by at some time of a span, drafts included."""
    return bool(_duties([person.pk], span, Duty.Kind.STANDBY, drafts=True)[person.pk])


def has_night_work(person: Person, span: Span) -> bool:
    """Whether a person works at night at some time of a span, drafts included."""
    zone = ZoneInfo(person.company.time_zone)
    day = span.starts.astimezone(zone).date()
    night = rules_in_force([person.company], day)[person.company_id].night
    work = _duties([person.pk], span, Duty.Kind.STAFFED, drafts=True)[person.pk]
    return any(is_night_work(one, zone, night) for one in work)


@dataclass(frozen=True, slots=True)
class _Known:
    people: list[Person]
    work: Mapping[int, list[Span]]
    standby: Mapping[int, list[Span]]
    called: Mapping[int, list[Span]]
    written: Mapping[int, list[WorkingTimeRules]]

    @classmethod
    def of(cls, people: Collection[int], within: Span, *, drafts: bool = False) -> "_Known":
        found = list(Person.objects.filter(pk__in=people).select_related("company"))
        reach = Span(within.starts - LOOKED_BACK, within.ends + MARGIN)
        written = defaultdict[int, list[WorkingTimeRules]](list)
        companies = {person.company_id for person in found}
        for rules in WorkingTimeRules.objects.filter(company__in=companies).order_by("since"):
            written[rules.company_id].append(rules)
        work, standby = (_duties(people, reach, kind, drafts=drafts) for kind in Duty.Kind)
        return cls(found, work, standby, _called(people, reach), written)

    def breaches(
        self, person: Person, within: Span, work: Iterable[Span], standby: Iterable[Span]
    ) -> list[Breach]:
        zone = ZoneInfo(person.company.time_zone)
        called = self.called.get(person.pk, [])
        return [
            breach
            for rules, span in self._in_force(person.company, within, zone)
            for breach in find_breaches(
                work, rules, zone=zone, within=span, call_outs=called, standby=standby
            )
        ]

    def _in_force(
        self, company: Company, within: Span, zone: ZoneInfo
    ) -> list[tuple[RuleSet, Span]]:
        """Return the rule sets in force in a period, each with its part; before any, the law."""
        written = self.written.get(company.pk, [])
        begins = [instant(datetime.combine(one.since, time()), zone) for one in written]
        sets = [statutory_rules(company.country), *(one.rules() for one in written)]
        starts = [within.starts, *begins]
        ends = [*begins, within.ends]
        parts = [within & Span(*part) for part in zip(starts, ends, strict=True)]
        return [
            (rules, part)
            for rules, part in zip(sets, parts, strict=True)
            if part.starts < part.ends
        ]


def _duties(
    people: Collection[int], reach: Span, kind: str, *, drafts: bool
) -> dict[int, list[Span]]:
    found = defaultdict[int, list[Span]](list)
    touching = {"person__in": people, "period__overlap": (reach.starts, reach.ends)}
    duties = Duty.objects.filter(**touching, kind=kind)
    for person, period in duties.order_by().values_list("person_id", "period"):
        found[person].append(Span(period.lower, period.upper))
    if drafts:
        planned = PlannedDuty.objects.awaiting().filter(**touching, pattern__kind=kind)
        for person, period in planned.order_by().values_list("person_id", "period"):
            found[person].append(Span(period.lower, period.upper))
    return found


def _called(people: Collection[int], reach: Span) -> dict[int, list[Span]]:
    called = defaultdict[int, list[Span]](list)
    rows = CallOut.objects.filter(
        person__in=people, period__overlap=(reach.starts, reach.ends + DAY)
    )
    for person, period in rows.values_list("person_id", "period"):
        called[person].append(Span(period.lower, period.upper))
    return called
