"""Facts: written with what they say, delivered once to each listener, retried after failures."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, ClassVar

import pytest
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from opale.kernel import clock, facts
from opale.kernel.actor import Actor
from opale.kernel.job_queue import worker_app
from opale.kernel.models import Fact as FactRow
from opale.kernel.models import FactDelivery
from opale.kernel.tests.concurrency import at_once
from opale.kernel.tests.lamps import Lamp, make_lamp, make_table, somebody

AT = datetime(2026, 11, 25, 8, 30, 15, 123456, tzinfo=UTC)
Act = Callable[[Any, Actor], None]


@pytest.fixture
def lit(monkeypatch: pytest.MonkeyPatch) -> type[Any]:
    """A kind of fact that exists during one test."""
    monkeypatch.setattr(facts, "_kinds", dict(facts._kinds))
    monkeypatch.setattr(facts, "_listeners", dict(facts._listeners))
    monkeypatch.setattr(facts, "_about", dict(facts._about))

    @dataclass(frozen=True, slots=True, kw_only=True)
    class LampsLit(facts.Fact):
        name: ClassVar[str] = "lamps.LampsLit"
        lamp_ids: tuple[int, ...]
        at: datetime

    return LampsLit


def announced(kind: type[Any]) -> FactRow:
    with transaction.atomic():
        facts.announce(kind(lamp_ids=(1, 2), at=AT), by=somebody())
    return FactRow.objects.get()


def shine(fact: Any, by: Actor) -> None:
    make_lamp()


def jobs() -> list[dict[str, Any]]:
    waiting = ProcrastinateJob.objects.filter(task_name=facts.DELIVERY_JOB, status="todo")
    return list(waiting.order_by("id").values_list("args", flat=True))


def work() -> None:
    """A worker that runs what waits, and ends."""
    with worker_app() as working:
        working.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)


@pytest.mark.django_db
def test_a_fact_is_written_and_one_job_waits_for_each_listener(lit: type[Any]) -> None:
    facts.listen(lit, "shop.count", lambda fact, by: None)
    facts.listen(lit, "street.shine", lambda fact, by: None)
    row = announced(lit)
    assert (row.name, row.actor, row.actor_name) == ("lamps.LampsLit", "user:1", "Person 1")
    assert jobs() == [
        {"fact_id": row.pk, "listener": "shop.count"},
        {"fact_id": row.pk, "listener": "street.shine"},
    ]


@pytest.mark.django_db
def test_nobody_is_called_for_a_fact_that_is_none_of_his(lit: type[Any]) -> None:
    facts.listen(lit, "shop.count", lambda fact, by: None, about=lambda fact: 2 in fact.lamp_ids)
    facts.listen(lit, "street.shine", lambda fact, by: None, about=lambda fact: fact.at > AT)
    row = announced(lit)
    assert jobs() == [{"fact_id": row.pk, "listener": "shop.count"}]


@pytest.mark.django_db
def test_a_fact_that_nobody_listens_to_is_written_all_the_same(lit: type[Any]) -> None:
    announced(lit)
    assert jobs() == []


@pytest.mark.django_db(transaction=True)
def test_fact_and_job_exist_exactly_when_the_transaction_commits(lit: type[Any]) -> None:
    facts.listen(lit, "shop.count", lambda fact, by: None)
    with transaction.atomic():
        facts.announce(lit(lamp_ids=(), at=AT), by=somebody())
        transaction.set_rollback(True)
    assert (FactRow.objects.count(), jobs()) == (0, [])
    announced(lit)
    assert (FactRow.objects.count(), len(jobs())) == (1, 1)


@pytest.mark.django_db
def test_the_listener_gets_the_fact_as_it_was_and_acts_under_its_own_name(lit: type[Any]) -> None:
    heard: list[tuple[Any, Actor]] = []
    facts.listen(lit, "shop.count", lambda fact, by: heard.append((fact, by)))
    assert facts.deliver(announced(lit).pk, "shop.count")
    ((fact, by),) = heard
    assert fact == lit(lamp_ids=(1, 2), at=AT)
    assert (by.kind, by.key) == ("system", "system:shop.count")
    assert by.can("lamps.work")


@pytest.mark.django_db
def test_a_fact_is_delivered_once_to_each_listener(lit: type[Any]) -> None:
    heard: list[str] = []
    for name in ("shop.count", "street.shine"):
        facts.listen(lit, name, lambda fact, by: heard.append(by.key))
    pk = announced(lit).pk
    assert [facts.deliver(pk, "shop.count") for _ in range(3)] == [True, False, False]
    assert facts.deliver(pk, "street.shine")
    assert heard == ["system:shop.count", "system:street.shine"]


@pytest.mark.django_db
def test_what_a_failing_listener_wrote_is_undone_and_it_is_tried_again(lit: type[Any]) -> None:
    make_table()
    broken = [True]

    def try_to_shine(fact: Any, by: Actor) -> None:
        shine(fact, by)
        if broken:
            raise ValueError

    facts.listen(lit, "street.shine", try_to_shine)
    pk = announced(lit).pk
    with pytest.raises(ValueError):
        facts.deliver(pk, "street.shine")
    assert (Lamp.objects.count(), FactDelivery.objects.count()) == (0, 0)
    broken.clear()
    assert facts.deliver(pk, "street.shine")
    assert Lamp.objects.count() == 1


@pytest.mark.django_db
def test_a_listener_of_another_version_is_an_error_and_not_a_silent_loss(lit: type[Any]) -> None:
    pk = announced(lit).pk
    with pytest.raises(facts.UnknownListener, match=r"lamps\.LampsLit for shop\.removed"):
        facts.deliver(pk, "shop.removed")
    assert not FactDelivery.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_with_the_same_job_do_its_work_once(lit: type[Any]) -> None:
    make_table()
    facts.listen(lit, "street.shine", shine)
    pk = announced(lit).pk
    results = at_once(*(partial(facts.deliver, pk, "street.shine") for _ in range(4)))
    assert sorted(results, key=str) == [False, False, False, True]
    assert Lamp.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_delivers_and_puts_a_failed_delivery_off(lit: type[Any]) -> None:
    make_table()

    def fail(fact: Any, by: Actor) -> None:
        raise ValueError

    facts.listen(lit, "street.shine", shine)
    facts.listen(lit, "street.fail", fail)
    announced(lit)
    work()
    assert Lamp.objects.count() == 1
    (waiting,) = ProcrastinateJob.objects.filter(task_name=facts.DELIVERY_JOB, status="todo")
    assert waiting.args["listener"] == "street.fail"
    assert waiting.attempts == 1
    assert waiting.scheduled_at is not None


def test_two_facts_may_not_have_one_name(lit: type[Any]) -> None:
    with pytest.raises(TypeError, match="two facts are named"):

        @dataclass(frozen=True, slots=True, kw_only=True)
        class Other(facts.Fact):
            name: ClassVar[str] = "lamps.LampsLit"


def test_the_catalogue_says_who_listens(lit: type[Any]) -> None:
    facts.listen(lit, "street.shine", lambda fact, by: None)
    facts.listen(lit, "shop.count", lambda fact, by: None)
    assert (lit, ["shop.count", "street.shine"]) in facts.catalogue()


@pytest.mark.django_db
def test_old_facts_are_forgotten_with_their_deliveries(lit: type[Any]) -> None:
    facts.listen(lit, "shop.count", lambda fact, by: None)
    facts.deliver(announced(lit).pk, "shop.count")
    assert facts.delete_expired() == 0
    with clock.travel(facts.KEPT_FOR + timedelta(minutes=1)):
        facts.delete_expired()
    assert (FactRow.objects.count(), FactDelivery.objects.count()) == (0, 0)
