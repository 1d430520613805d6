"""Actions on contracts and the plans, options and commitments that they give, all dated."""

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from opale.customers import rights
from opale.customers.actions.customers import publish_customer
from opale.customers.domain.penalties import InvalidTerms, StepTerms, TermsFault, parse_terms
from opale.customers.facts import PlanGiven
from opale.customers.models import (
    Contract,
    ContractedPlan,
    ContractOption,
    Coverage,
    Customer,
    Measure,
    Service,
    SoldCommitment,
    SupportPlan,
)
from opale.customers.models.contracts import LONGEST_NOTICE
from opale.customers.ports import Preview, Proposal, preview_proposal
from opale.customers.queries import plans
from opale.kernel.action_steps import lock_row, require_on, update_changed
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.constraints import translate_violations
from opale.kernel.errors import Invalid
from opale.kernel.facts import announce

ContractItem = ContractedPlan | ContractOption | SoldCommitment
SHOWN_OF_TERMS = 60


class ContractFields(TypedDict, total=False):
    number: str
    signed_on: date
    starts: date
    ends: date | None
    notice_months: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentTerms:
    """A commitment that a contract sells beyond the plan; for all services without `service`.

    Units: `target` for GTI and GTR, `percent` for availability.
    """

    measure: Measure
    coverage: Coverage
    service: Service | None = None
    priority: int | None = None
    target: timedelta | None = None
    percent: Decimal | None = None
    penalty: str = ""
    penalty_terms: dict[str, Any] = field(default_factory=dict)


def create_contract(customer: Customer, *, by: Actor, **fields: Unpack[ContractFields]) -> Contract:
    """Create a contract. Errors: NotAllowed, Invalid."""
    require_on(customer, by, rights.EDIT)
    starts = fields.get("starts") or fields.get("signed_on")
    if starts is None or not fields.get("number", "").strip():
        raise Invalid(_("Enter a number and a signature date."))
    contract = Contract(
        customer=customer,
        number=_number(fields["number"]),
        signed_on=fields.get("signed_on") or starts,
        period=_period(starts, fields.get("ends")),
        notice_months=_notice(fields.get("notice_months")),
    )
    with attributed(by), translate_violations(customers_contract_number_key=_number_taken()):
        contract.save(force_insert=True)
        publish_customer(customer)
    return contract


def edit_contract(contract: Contract, *, by: Actor, **fields: Unpack[ContractFields]) -> None:
    """Change a contract; a shorter period also ends its plans, options and commitments.

    Errors: NotFound, NotAllowed, Invalid.
    """
    with attributed(by), translate_violations(customers_contract_number_key=_number_taken()):
        row = lock_row(Contract.objects.filter(pk=contract.pk), by, rights.EDIT)
        wanted: dict[str, Any] = {}
        if "number" in fields:
            wanted["number"] = _number(fields["number"])
        if "signed_on" in fields:
            wanted["signed_on"] = fields["signed_on"]
        if "notice_months" in fields:
            wanted["notice_months"] = _notice(fields["notice_months"])
        if "starts" in fields or "ends" in fields:
            wanted["period"] = _period(
                fields.get("starts", row.period.lower), fields.get("ends", row.period.upper)
            )
        if update_changed(row, wanted):
            publish_customer(row.customer)


def assign_plan(
    contract: Contract,
    service: Service,
    plan: SupportPlan,
    *,
    by: Actor,
    starts: date,
    ends: date | None = None,
) -> ContractedPlan:
    """Give a service a support plan; the plan in force on that day ends there.

    Errors: NotFound, NotAllowed, Invalid.
    """
    overlap = Invalid(starts=_("Another plan of this service starts in that period."))
    with attributed(by), translate_violations(one_plan_per_service_a_day=overlap):
        held = lock_row(Contract.objects.filter(pk=contract.pk), by, rights.EDIT)
        _refuse_foreign(held, service)
        _refuse_outside(held, starts)
        before = ContractedPlan.objects.filter(
            service=service, period__contains=starts, period__startswith__lt=starts
        ).first()
        if before is not None:
            update_changed(before, {"period": DateRange(before.period.lower, starts)})
        made = ContractedPlan.objects.create(
            customer_id=held.customer_id,
            contract=held,
            service=service,
            plan=plan,
            period=_period(starts, ends),
        )
        announce(
            PlanGiven(
                service_id=service.pk,
                customer_id=held.customer_id,
                plan_id=plan.pk,
                starts=starts,
            ),
            by=by,
        )
        publish_customer(held.customer)
    return made


def preview_plan(
    contract: Contract, service: Service, plan: SupportPlan, *, by: Actor, starts: date
) -> Preview:
    """Return what a plan would do to the running tickets of a service; nothing is written.

    Errors: NotAllowed, Invalid.
    """
    require_on(contract.customer, by, rights.EDIT)
    version = plans.version_on(plan, starts)
    if version is None:
        raise Invalid(starts=_("This plan has no version in force on that date."))
    proposal = Proposal.of(plan, starts, version, version.targets.all(), service)
    return preview_proposal(proposal, seen_by=by)


def add_option(
    contract: Contract,
    *,
    by: Actor,
    starts: date,
    kind: str = ContractOption.Kind.PREMIUM,
    service: Service | None = None,
    ends: date | None = None,
) -> ContractOption:
    """Add an option to a contract, or to one of its services.

    Errors: NotFound, NotAllowed, Invalid.
    """
    with attributed(by):
        held = lock_row(Contract.objects.filter(pk=contract.pk), by, rights.EDIT)
        _refuse_foreign(held, service)
        _refuse_outside(held, starts)
        period = _period(starts, ends)
        same = ContractOption.objects.filter(contract=held, kind=kind, service=service)
        if same.filter(period__overlap=period).exists():
            raise Invalid(starts=_("This option already exists in that period."))
        made = ContractOption.objects.create(
            customer_id=held.customer_id, contract=held, service=service, kind=kind, period=period
        )
        publish_customer(held.customer)
    return made


def sell_commitment(
    contract: Contract, sold: CommitmentTerms, *, by: Actor, starts: date, ends: date | None = None
) -> SoldCommitment:
    """Sell a time to intervene, a time to restore or an availability beyond the plan.

    Errors: NotFound, NotAllowed, Invalid.
    """
    _refuse_figures(sold)
    with attributed(by):
        held = lock_row(Contract.objects.filter(pk=contract.pk), by, rights.EDIT)
        _refuse_foreign(held, sold.service)
        _refuse_outside(held, starts)
        period = _period(starts, ends)
        same = SoldCommitment.objects.filter(
            contract=held, measure=sold.measure, service=sold.service, priority=sold.priority
        )
        if same.filter(period__overlap=period).exists():
            raise Invalid(
                starts=_(
                    "A commitment for this measure already exists in that period: end it first."
                )
            )
        made = SoldCommitment.objects.create(
            customer_id=held.customer_id,
            contract=held,
            service=sold.service,
            measure=sold.measure,
            priority=sold.priority,
            target=sold.target,
            percent=sold.percent,
            coverage=sold.coverage,
            penalty=sold.penalty.strip(),
            penalty_terms=sold.penalty_terms,
            period=period,
        )
        publish_customer(held.customer)
    return made


def end_contract_item(row: ContractItem, *, by: Actor, on: date) -> None:
    """End a plan, an option or a commitment of a contract; `on` is the first day without it.

    Errors: NotFound, NotAllowed, Invalid.
    """
    with attributed(by):
        rows: Any = type(row).objects.filter(pk=row.pk)
        held = lock_row(rows, by, rights.EDIT)
        if held.period.upper is not None and held.period.upper <= on:
            raise Invalid(on=_("It already ends before that date."))
        update_changed(held, {"period": _period(held.period.lower, on)})
        publish_customer(held.customer)


def _period(starts: date, ends: date | None) -> DateRange:
    if ends is not None and ends <= starts:
        raise Invalid(ends=_("The end must be after the start."))
    return DateRange(starts, ends)


def _notice(months: int | None) -> int | None:
    if months is not None and not 0 <= months <= LONGEST_NOTICE:
        raise Invalid(
            notice_months=_("The notice is %(most)s months at most.") % {"most": LONGEST_NOTICE}
        )
    return months


def _number(text: str) -> str:
    number = " ".join(text.split())
    if not number or "/" in number:
        raise Invalid(number=_("The number cannot contain a slash."))
    return number


def _refuse_foreign(contract: Contract, service: Service | None) -> None:
    if service is not None and service.customer_id != contract.customer_id:
        raise Invalid(service=_("This service belongs to another customer."))


def _refuse_outside(contract: Contract, starts: date) -> None:
    upper = contract.period.upper
    if starts < contract.period.lower or (upper is not None and starts >= upper):
        raise Invalid(starts=_("The contract is not in force on that date."))


def _refuse_figures(sold: CommitmentTerms) -> None:
    wrong: dict[str, str] = {}
    if sold.measure == Measure.AVAILABILITY:
        if sold.percent is None or not 0 < sold.percent <= 100:
            wrong["percent"] = _("Enter the availability as a percentage above 0, at most 100.")
        if sold.target is not None:
            wrong["target"] = _("An availability commitment has a percentage, not a time.")
    else:
        if sold.target is None or sold.target <= timedelta():
            wrong["target"] = _("Enter the promised time, such as 4 h or 30 min.")
        if sold.percent is not None:
            wrong["percent"] = _("A time commitment has no percentage.")
    try:
        terms = parse_terms(sold.penalty_terms)
    except InvalidTerms as bad:
        wrong["penalty_terms"] = _what_is_wrong(bad)
    else:
        steps = sold.measure == Measure.AVAILABILITY
        if terms is not None and isinstance(terms, StepTerms) != steps:
            wrong["penalty_terms"] = _("Steps apply to availability, hours started to a time.")
    if sold.priority is not None and not 1 <= sold.priority <= 5:
        wrong["priority"] = _("Enter a priority from 1 to 5.")
    if wrong:
        raise Invalid(**wrong)


def _what_is_wrong(terms: InvalidTerms) -> str:
    """Return the wrong member, its value, and what to write instead."""
    value = terms.value if isinstance(terms.value, str) else json.dumps(terms.value, default=str)
    words = {"member": terms.member, "value": Truncator(value).chars(SHOWN_OF_TERMS)}
    match terms.flaw:
        case TermsFault.UNKNOWN:
            said = _("“%(member)s” is not a penalty term: use steps, per_hour and cap.")
        case TermsFault.KINDS:
            said = _("Enter either steps (for availability) or per_hour (for a time).")
        case TermsFault.STEPS:
            said = _("“%(member)s” is “%(value)s”: enter a list of one to ten steps.")
        case TermsFault.STEP:
            said = _("“%(member)s” is “%(value)s”: enter only below and percent.")
        case TermsFault.PERCENT:
            said = _(
                "“%(member)s” is “%(value)s”: enter a number above 0, at most 100, such as 99.9."
            )
    return said % words


def _number_taken() -> Invalid:
    return Invalid(number=_("Another contract has this number."))
