"""Rules that decide whether a mail joins its ticket. Source: docs/rules/mail.md, "Who may join"."""

from typing import Literal

Proof = Literal["proven", "believed", "unproven", "forged"]
"""Proof of the sender in From: proven by our own mail server, believed by a rule of the mailbox
where no server checked it, unproven, or shown to be false."""
SenderRole = Literal[
    "requester",
    "participant",
    "addressed",
    "contact",
    "colleague",
    "supplier",
    "waiting",
    "domain",
    "outsider",
    "removed",
    "stranger",
]
"""Role of the sender on the ticket: requester or watcher, accepted participant, recipient of our
mail on it, another contact of the customer, a colleague who sees it, a supplier asked for work, a
participant not yet accepted, a sender from a domain of the customer, a colleague who does not see
it, a removed participant, anybody else."""
Admission = Literal["join", "note", "participant", "propose"]

JOINING_ROLES: frozenset[SenderRole] = frozenset({"requester", "participant", "addressed"})
INTERNAL_ROLES: frozenset[SenderRole] = frozenset({"colleague", "supplier"})


def decide_admission(
    *, who: SenderRole, proof: Proof, strong: bool, confidential: bool
) -> Admission:
    """Decide how a mail is handled. `strong` is evidence that only a reader of the thread can have.

    A proposal opens a separate ticket that names the one it may belong to.
    """
    sure = proof in ("proven", "believed")
    if proof == "forged" or not (strong or sure):
        return "propose"
    if who in JOINING_ROLES:
        return "join"
    if who in INTERNAL_ROLES:
        return "note"
    if who == "contact" and not confidential:
        return "join"
    if who in ("waiting", "domain") and strong and sure and not confidential:
        return "participant"
    return "propose"
