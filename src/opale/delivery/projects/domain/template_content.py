"""Content of a delivery template: work packages, needs, deliverables and gates, in one document.

The document is copied whole into a project, so later changes do not affect it. Source:
docs/rules/projects.md, "Templates".
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final, Literal

import msgspec
from django.utils.translation import gettext as _

from opale.infrastructure.domain.units import Unit, unit_label
from opale.kernel.errors import Invalid
from opale.planning.task_order import Cycle, Link, in_order
from opale.planning.task_schedule import MOST_DAYS

MOST_COPIES: Final = 100
MOST_STEPS: Final = 300

Size = Literal["express", "project"]
StepKind = Literal["work", "wait", "appointment", "check", "milestone"]
Party = Literal["us", "customer", "carrier", "stock"]


class Named(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of template parts, with a name in each language."""

    en: str
    fr: str


class Step(Named, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One work package. With `each` there is one for every piece of the line.

    `after` names steps of this template, or `offering/step` of another one in the same order; what
    is not there is not waited for. `role` is a kind of team. Units: `days` are working days, none
    for a milestone; `hours` are of work.
    """

    key: str
    kind: StepKind = "work"
    party: Party = "us"
    role: str = ""
    skill: str = ""
    level: int = 0
    hours: float = 0
    days: int = 1
    after: tuple[str, ...] = ()
    lag: int = 0
    each: bool = False


class Need(Named, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Technical stock: a quantity in a unit, for each piece of the line.

    `characteristic` is the name under which an order says another quantity than the usual one.
    """

    unit: str
    quantity: float = 1
    characteristic: str = ""

    @property
    def unit_name(self) -> str:
        return unit_label(self.unit)


class Result(Named, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A deliverable, due with its step."""

    step: str = ""


class Gate(Named, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A gate. `automatic`: it passes once every step is completed and every evidence is there."""

    evidences: tuple[Named, ...] = ()
    automatic: bool = False


class Content(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    size: Size
    steps: tuple[Step, ...]
    needs: tuple[Need, ...] = ()
    deliverables: tuple[Result, ...] = ()
    gates: tuple[Gate, ...] = ()


@dataclass(frozen=True, slots=True)
class Copy:
    """One future work package of a line: a step, and the number of its piece (0 for the line)."""

    step: Step
    piece: int

    @property
    def key(self) -> str:
        return f"{self.step.key}#{self.piece}" if self.piece else self.step.key


def parse_content(record: Mapping[str, Any]) -> Content:
    """Parse and check a stored or sent document. Errors: Invalid."""
    try:
        content = msgspec.convert(dict(record), Content)
    except msgspec.ValidationError as error:
        raise Invalid(
            content=_("Invalid template: %(reason)s.") % {"reason": str(error).rstrip(".")}
        ) from error
    check_content(content)
    return content


def content_record(content: Content) -> dict[str, Any]:
    """Return the content as plain values, as stored and sent."""
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(content))
    return found


def check_content(content: Content) -> None:
    """Errors: Invalid."""
    keys = [step.key for step in content.steps]
    if not keys or len(keys) > MOST_STEPS:
        raise Invalid(
            content=_("A template has between 1 and %(most)s tasks.") % {"most": MOST_STEPS}
        )
    if len(set(keys)) < len(keys) or any(not key or "#" in key or "/" in key for key in keys):
        raise Invalid(content=_("Each task of a template needs a unique key."))
    for step in content.steps:
        if not (0 <= step.days <= MOST_DAYS and 0 <= step.lag <= MOST_DAYS):
            raise Invalid(content=_("A task takes 2,000 working days at most."))
        if not (0 <= step.level <= 5 and 0 <= step.hours <= 10_000):
            raise Invalid(content=_("Levels range from 0 to 5, hours from 0 to 10,000."))
        if step.kind == "milestone" and step.days:
            raise Invalid(content=_("A milestone has no duration."))
        missing = [key for key in step.after if "/" not in key and key not in keys]
        if missing:
            raise Invalid(
                content=_("“%(step)s” waits for “%(other)s”, which does not exist.")
                % {"step": step.key, "other": missing[0]}
            )
    for need in content.needs:
        if need.unit not in Unit.values:
            said = {"need": need.en, "unit": need.unit, "units": ", ".join(Unit.values)}
            raise Invalid(
                content=_("“%(need)s” is counted in “%(unit)s”. Use one of these units: %(units)s.")
                % said
            )
    place = {key: number for number, key in enumerate(keys)}
    links = [
        Link(place[before], place[step.key])
        for step in content.steps
        for before in step.after
        if before in place
    ]
    try:
        in_order(place.values(), links)
    except Cycle as cycle:
        raise Invalid(
            content=_("Circular dependency: %(names)s.")
            % {"names": " → ".join(keys[number] for number in cycle.keys)}
        ) from cycle
    unknown = [one.step for one in content.deliverables if one.step and one.step not in place]
    if unknown:
        raise Invalid(
            content=_("A deliverable refers to the step “%(step)s”, which does not exist.")
            % {"step": unknown[0]}
        )


def is_separate(quantity: int) -> bool:
    """Return whether the pieces of a line are delivered one by one; very many are done as one."""
    return 1 < quantity <= MOST_COPIES


def renumber_pieces(known: Mapping[int, bool], quantity: int) -> tuple[dict[int, int], list[int]]:
    """Return the new numbers of pieces kept for another quantity, and the numbers to add.

    `known` says of each piece whether work on it has begun: those are kept first, then lower
    numbers. A single piece becomes the first of several; kept numbers do not change.
    """
    wanted = quantity if is_separate(quantity) else 1
    kept = sorted(sorted(known, key=lambda piece: (not known[piece], piece))[:wanted])
    if quantity > MOST_COPIES:
        return dict.fromkeys(kept, 0), [] if kept else [0]
    free = (number for number in range(1, MOST_COPIES + 2) if number not in kept)
    single = wanted == 1
    numbers = {piece: piece if piece or single else next(free) for piece in kept}
    missing = wanted - len(kept)
    return numbers, [0] if single and missing else [next(free) for _n in range(missing)]


def copies(content: Content, quantity: int) -> list[Copy]:
    """Return the work packages of a line of so many pieces, piece by piece."""
    pieces = range(1, quantity + 1) if is_separate(quantity) else (0,)
    repeated = [step for step in content.steps if step.each]
    first = content.steps.index(repeated[0]) if repeated else len(content.steps)
    return [
        *(Copy(step, 0) for step in content.steps[:first]),
        *(Copy(step, piece) for piece in pieces for step in repeated),
        *(Copy(step, 0) for step in content.steps[first:] if not step.each),
    ]


def waits(copy: Copy, among: Mapping[str, list[Copy]]) -> Iterator[Copy]:
    """Yield the copies of the same line that a copy waits for: of the same piece, or of all."""
    for key in copy.step.after:
        for before in among.get(key, ()):
            if not (copy.piece and before.piece) or before.piece == copy.piece:
                yield before


def link_copies(lines: Sequence[tuple[str, Sequence[Copy]]]) -> dict[tuple[int, int], int]:
    """Return the links among the copies of lines, each given with its offering's code.

    Copies are numbered through, line after line: (before, after) -> working days between. Within
    its line a copy waits as `waits` says, and for `offering/step` of the others.
    """
    flat = [(code, copy) for code, copies_ in lines for copy in copies_]
    elsewhere: dict[str, list[int]] = defaultdict(list)
    for number, (code, copy) in enumerate(flat):
        elsewhere[f"{code}/{copy.step.key}"].append(number)
    found: dict[tuple[int, int], int] = {}
    first = 0
    for _code, own in lines:
        among: dict[str, list[Copy]] = defaultdict(list)
        place = {}
        for number, copy in enumerate(own, start=first):
            among[copy.step.key].append(copy)
            place[copy.key] = number
        for number, copy in enumerate(own, start=first):
            before = [place[one.key] for one in waits(copy, among)]
            for name in copy.step.after:
                before += [one for one in elsewhere.get(name, ()) if "/" in name and one != number]
            for one in before:
                found[one, number] = copy.step.lag
        first += len(own)
    return found


def quantity_of(need: Need, said: Mapping[str, Any]) -> Decimal:
    """Return the quantity of a need per piece that an order or design names, if it is a number."""
    usual = Decimal(str(need.quantity))
    try:
        found = Decimal(str(said.get(need.characteristic)).replace(",", "."))
    except InvalidOperation:
        return usual
    return found if found.is_finite() and 0 < found < Decimal(10) ** 7 else usual
