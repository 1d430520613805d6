"""What rules of events cost while alerts come in.

    PYTHONPATH=src:. .venv/bin/python bench/rules.py --data /tmp/storm

Writes batches of a hundred new alerts in this process, in turn without a rule and with fifty of
which none fits, so that all of them are tried on every alert. Printed are the milliseconds of this
process's processor and of the clock for 1,000 events, and the ratio. The alerts and rules stay: use
a throwaway installation. Exit code 1 where the ratio is worse than WORST_RATIO.
"""

import argparse
import sys
import time
from itertools import count
from statistics import median

from bench.inside import opened

BATCH, BATCHES, TURNS = 100, 10, 5
RULES = 50
WORST_RATIO = 6.0
KINDS = (
    'labels.env == "env-{n}" && severity >= major',
    'labels.host.matches("^nowhere-{n}-[0-9]+$")',
    'name.lower().contains("nothing {n}")',
    'customer == "NOBODY-{n}" || (service == "NONE-{n}" && hour < 7)',
    'labels.exists(k, labels[k] == "value-{n}")',
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data")
    with opened(parser.parse_args().data):
        return 0 if measure() <= WORST_RATIO else 1


def measure() -> float:
    from opale.kernel.actor import system
    from opale.kernel.clock import now
    from opale.run.events.actions import integrations, retention
    from opale.run.events.actions import rules as rule_actions
    from opale.run.events.actions.apply_rules import ACTIVE_RULES_CACHE as IN_FORCE
    from opale.run.events.actions.ingestion import ingest
    from opale.run.events.actions.rules import RuleTerms
    from opale.run.events.domain.deliveries import NewEvent
    from opale.run.events.domain.received_deliveries import ReceivedDelivery, Sender
    from opale.run.events.states import RuleEffect, Severity

    by, numbers = system("bench"), count()
    retention.create_partitions_ahead()
    name = f"bench {time.time_ns()}"
    integration, _key = integrations.create_integration(name=name, format="alertmanager", by=by)
    sender = Sender(integration.pk, name, "alertmanager", integration.keys.get().pk)
    rules = [
        rule_actions.create_event_rule(
            RuleTerms(
                name=f"{name} {n}",
                condition=KINDS[n % len(KINDS)].format(n=n),
                effect=RuleEffect.SUPPRESS,
            ),
            by=by,
            at=now(),
        )
        for n in range(RULES)
    ]

    def event() -> NewEvent:
        n = next(numbers)
        labels = {"host": f"web{n}", "job": "node", "env": "prod", "zone": "a", "rack": f"{n % 40}"}
        return NewEvent(
            f"{n}", True, Severity.MAJOR, "Link down", now(), {}, text="It hurts.", labels=labels
        )

    def thousand() -> tuple[float, float]:
        batches = [
            [ReceivedDelivery(sender, now(), tuple(event() for _ in range(BATCH)))]
            for _ in range(BATCHES)
        ]
        worked, began = time.process_time(), time.perf_counter()
        for batch in batches:
            ingest(batch)
        return (time.process_time() - worked) * 1e3, (time.perf_counter() - began) * 1e3

    found: dict[bool, list[tuple[float, float]]] = {False: [], True: []}
    for turn in range(2 * TURNS + 2):
        on = turn % 2 == 1
        for rule in rules:
            rule_actions.switch_event_rule(rule, on=on, by=by, at=now())
        IN_FORCE.forget()
        took = thousand()
        if turn > 1:  # the first of each warms up
            found[on].append(took)
    for on, takes in found.items():
        worked, waited = (median(one[place] for one in takes) for place in (0, 1))
        print(f"{RULES if on else 0:>3} rules: {worked:.0f} ms of processor, {waited:.0f} ms")
    ratio = median(one[0] for one in found[True]) / median(one[0] for one in found[False])
    print(f"ratio of processor {ratio:.2f} (at most {WORST_RATIO})")
    return ratio


if __name__ == "__main__":
    sys.exit(main())
