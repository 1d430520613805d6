"""Searches of a planner whose result is proposed to people, who decide it line by line."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar

from django.db import models
from django.db.models import Count
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from opale.kernel import clock, live_topics
from opale.kernel.action_steps import lock_row
from opale.kernel.actor import Actor
from opale.kernel.errors import Conflict, NotAllowed, OpaleError

T = TypeVar("T")
KEPT_FOR: Final = timedelta(days=90)
WAITING, RUNNING, STOPPING = "waiting", "running", "stopping"
READY, ACCEPTING, DONE, DROPPED, FAILED = "ready", "accepting", "done", "dropped", "failed"
SEARCHING: Final = frozenset({WAITING, RUNNING, STOPPING})
TONES: Final = {READY: "new", DONE: "done", DROPPED: "closed", FAILED: "bad"}
LINE_TONES: Final = {"accepted": "done", "refused": "closed", "stale": "waiting"}


@dataclass(frozen=True, slots=True)
class DecidedLines:
    """How many lines were accepted, and how many were not, each with its reason."""

    done: int
    left: int


class SearchProposal(models.Model):
    """A search and its result, which changes nothing until its lines are accepted.

    `user_id` and `credential` say who asked (`endpoints.job_actors`), `language` is that of the
    sentences. `searched` counts seconds of at most `seconds`.
    """

    first = models.DateField()
    seconds = models.PositiveSmallIntegerField()
    user_id = models.BigIntegerField()
    actor_name = models.CharField(max_length=200)
    credential = models.CharField(max_length=64)
    language = models.CharField(max_length=10)
    searched = models.PositiveSmallIntegerField(default=0)
    sentence = models.TextField(blank=True, default="")
    asked_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True)

    if TYPE_CHECKING:
        state: Any
        lines: Any

    class Meta:
        abstract = True

    @property
    def topic(self) -> str:
        return f"{self._meta.label_lower}:{self.pk}"

    @property
    def tone(self) -> str:
        return TONES.get(self.state, "active")

    @property
    def is_searching(self) -> bool:
        return self.state in SEARCHING

    @property
    def is_to_decide(self) -> bool:
        return bool(self.state == READY)

    def _row(self) -> Any:
        return type(self)._default_manager.filter(pk=self.pk)

    def line_counts(self) -> dict[str, int]:
        """Count the lines by state."""
        rows = self.lines.order_by().values_list("state").annotate(number=Count("id"))
        return dict(rows)

    def write(self, **fields: object) -> None:
        """Store fields, and redraw the pages that show the proposal."""
        self._row().update(**fields)
        for name, value in fields.items():
            setattr(self, name, value)
        live_topics.publish(self.topic)

    def lock(self, by: Actor, right: str) -> Any:
        """Return the row, locked, to stop its search or to decide it.

        Errors: NotAllowed, NotFound (hidden or missing).
        """
        if not by.can(right):
            raise NotAllowed
        return lock_row(self._row(), by, right)

    def require_state(self, state: str) -> None:
        """Check that its lines are to be decided. Errors: Conflict."""
        if self.state != state:
            raise Conflict(_("This proposal can no longer be accepted or refused."))

    def open_lines(self, lines: Iterable[int] | None = None) -> Any:
        """Return the lines to be decided, or those of these."""
        rows = self.lines.filter(state=ProposedLine.State.OPEN)
        return rows if lines is None else rows.filter(pk__in=list(lines))

    def refuse_lines(self, lines: Iterable[int] | None = None) -> int:
        """Refuse some of the open lines, or all of them, and return how many."""
        count: int = self.open_lines(lines).update(state=ProposedLine.State.REFUSED, sentence="")
        self.end_if_decided()
        return count

    @classmethod
    def delete_old(cls) -> int:
        """Delete the proposals that are kept no longer."""
        rows = cls._default_manager.filter(asked_at__lt=clock.now() - KEPT_FOR)
        count, _each = rows.delete()
        return count

    def stop(self) -> None:
        """Stop a search and keep its best result; one that has not begun is cancelled.

        Errors: Conflict (over already).
        """
        if self.state == WAITING:
            self.write(state=DROPPED, finished_at=clock.now())
        elif self.state == RUNNING:
            self.write(state=STOPPING)
        else:
            raise Conflict(_("The search has already ended."))

    def begin(self) -> bool:
        """Start to search, unless the search was stopped before."""
        rows = self._row().filter(state__in=(WAITING, RUNNING))
        begun = bool(rows.update(state=RUNNING, searched=0))
        if begun:
            live_topics.publish(self.topic)
        return begun

    def finish(self) -> None:
        """End the search: its lines are to be decided, if there are any."""
        found = self.open_lines().exists()
        self.write(state=READY if found else DONE, finished_at=clock.now())

    def fail(self, sentence: str) -> None:
        """End the search without a result; what was being accepted is to be decided again."""
        state = READY if self.state == ACCEPTING else FAILED
        self.write(state=state, sentence=sentence, finished_at=clock.now())

    def end_if_decided(self) -> None:
        """End the proposal once no line is open."""
        if self.open_lines().exists():
            live_topics.publish(self.topic)
        else:
            self.write(state=DONE, finished_at=clock.now())

    @contextmanager
    def failing_with_reason(self) -> Iterator[None]:
        """Do the planner's work in the language of who asked; what fails says why."""
        sentence, whole = "", False
        with translation.override(self.language):
            try:
                yield
                whole = True
            except OpaleError as refusal:
                sentence = refusal.sentence
            finally:
                if not whole:
                    self.fail(sentence)


class ProposedLine(models.Model):
    """One change of a `proposal`, from one person (`was`) to another (`to`), or nobody.

    The models of the apps have these keys.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("line of a proposal", "To be decided")
        ACCEPTED = "accepted", pgettext_lazy("line of a proposal", "Accepted")
        REFUSED = "refused", pgettext_lazy("line of a proposal", "Refused")
        STALE = "stale", pgettext_lazy("line of a proposal", "Out of date")

    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    sentence = models.TextField(blank=True, default="")

    if TYPE_CHECKING:
        proposal: Any

    class Meta:
        abstract = True

    @property
    def tone(self) -> str:
        return LINE_TONES.get(self.state, "new")


def asked_by(by: Actor, credential: str) -> dict[str, Any]:
    """Return the fields of a proposal that say who asked for it."""
    return {
        "user_id": by.user_id or 0,
        "actor_name": by.name[:200],
        "credential": credential,
        "language": translation.get_language() or "en",
    }


def on_line(decide: Callable[..., T]) -> Callable[..., T]:
    """Return the decision of one line, by the action that decides some lines of its proposal."""

    def run(line: ProposedLine, *, by: Actor) -> T:
        return decide(line.proposal, [line.pk], by=by)

    return run
