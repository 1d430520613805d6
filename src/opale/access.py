"""The matrix function -> rights: who may see and do what.

Nobody has rights by name: a person has those of the functions held now, and every person those of
an employee. docs/reference/access.md is written from this file (`./opale manage access_reference`);
docs/rules/customer-isolation.md says how a right becomes rows.
"""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opale.kernel.actor import EVERYTHING, LED_TEAMS, OWN, OWN_TEAMS, SHARED, Scope
from opale.organisation.functions import Function

F = Function

RIGHTS: Mapping[str, str | Promise] = {
    "organisation.read": _("See companies, teams, people and their skills"),
    "organisation.edit_self": _("Edit one's own telephone, languages, time zone and absences"),
    "organisation.tokens": _("Have API tokens, with at most one's own rights"),
    "organisation.edit": _("Edit teams, people, skills and absences"),
    "organisation.administer": _("Manage logins, companies, calendars and others' tokens"),
    "exchange.use": _("Export and import files of what one may see and edit; see one's imports"),
    "customers.read": _("See customers, contacts, contracts and services"),
    "customers.portfolio": _("See portfolios: what must be renewed, what is open for whom"),
    "customers.edit": _("Edit customers, contracts and services"),
    "customers.edit_contacts": _("Edit the contacts of customers: what each may do, who logs in"),
    "infrastructure.read": _("See sites, items and dependencies"),
    "infrastructure.edit": _("Edit sites, items and dependencies"),
    "reservations.read": _("See what is reserved and how loaded people are"),
    "reservations.reserve": _("Reserve people's hours and technical stock, and release them"),
    "reservations.overbook": _("Reserve more than there is, with a reason"),
    "designs.read": _("See designs, what they need and when they could go live"),
    "designs.work": _("Draw up, check, hold for, quote and order designs"),
    "orders.read": _("See orders"),
    "orders.work": _("Hand in, change, move and cancel orders"),
    "resources.read": _("See who is asked for, and who can take what"),
    "resources.ask": _("Ask teams for people, and reserve whom they offer"),
    "resources.answer": _("Answer for the people of a team that one leads"),
    "resources.plan": _("Let the planner search, and decide what it proposes"),
    "projects.read": _("See projects, their plans and promises"),
    "projects.work": _("Lead projects: plan, promise, accept, pass gates, begin and finish"),
    "projects.contribute": _("Do work packages, hand deliverables in and give evidences"),
    "projects.templates": _("Say how offerings are delivered"),
    "events.read": _("See events and alerts"),
    "events.work": _("Acknowledge, qualify and close alerts"),
    "events.administer": _("Edit integrations, their keys and their rules"),
    "shifts.read": _("See who is on duty"),
    "shifts.edit": _("Plan rosters: duties, patterns, needs, proposals"),
    "shifts.swap": _("Offer one's own duties, accept and take over those of one's teams"),
    "paging.read": _("See who is called about what, and the escalation policies"),
    "paging.own": _("Say how one is reached, see one's pages and answer them"),
    "paging.work": _("Answer for whoever is called, call again, end what calls"),
    "paging.edit": _("Edit escalation policies"),
    "paging.slips": _("See and fill in stand-by slips"),
    "desk.read": _("See tickets"),
    "desk.console": _("See the desk: its queues, owners, notes and clocks"),
    "desk.work": _("Take, qualify, answer, restore, resolve and close tickets"),
    "desk.assist": _(
        "See the work asked of a team, accept it, return it, finish it, note on it, and say that"
        " it restored the service"
    ),
    "desk.administer": _("Edit how the desk works: its streams and what its levels promise"),
    "desk.confidential": _("See every confidential ticket"),
    "desk.request": _("Open requests of one's own and write on them"),
    "handover.read": _("See handovers and what is watched"),
    "handover.work": _("Take work over at a change of shift, propose it, refuse it, and sign"),
    "telephone.read": _("See calls"),
    "telephone.work": _("Answer calls, call back, and open tickets of who calls"),
    "messaging.read": _("See the mails that Opale sends"),
    "messaging.retry": _("Send a mail again that was given up"),
    "messaging.replay": _("Replay or forget the mails in quarantine"),
    "messaging.raw": _("Open the original of every mail that came in, confidential ones included"),
    "messaging.mailboxes": _("Set up the mailboxes"),
    "webhooks.use": _("Have webhooks, which receive at most what one sees"),
}

EMPLOYEE: Mapping[str, Scope] = {
    "organisation.read": EVERYTHING,
    "organisation.edit_self": OWN,
    "organisation.tokens": OWN,
    "exchange.use": OWN,
    "paging.own": OWN,
    "paging.slips": OWN,
    "desk.read": OWN,
    "desk.request": OWN,
}

# What everybody sees who works for customers: one company, one record.
STAFF: Mapping[str, Scope] = {
    "customers.read": EVERYTHING,
    "infrastructure.read": EVERYTHING,
    "reservations.read": EVERYTHING,
    "designs.read": EVERYTHING,
    "orders.read": EVERYTHING,
    "resources.read": EVERYTHING,
    "projects.read": EVERYTHING,
    "events.read": EVERYTHING,
    "shifts.read": EVERYTHING,
    "shifts.swap": OWN_TEAMS,
    "paging.read": EVERYTHING,
    "desk.read": EVERYTHING,
    "desk.console": EVERYTHING,
    "desk.assist": OWN_TEAMS,
    "handover.read": EVERYTHING,
}

PROJECTS: Mapping[str, Scope] = {
    "projects.work": EVERYTHING,
    "projects.contribute": EVERYTHING,
    "projects.templates": EVERYTHING,
}

# The one desk: triage, tickets and alerts, and contacts as they turn out to be on the telephone.
DESK: Mapping[str, Scope] = {
    **STAFF,
    "shifts.edit": LED_TEAMS,
    "desk.work": EVERYTHING,
    "desk.assist": EVERYTHING,
    "handover.work": EVERYTHING,
    "paging.work": EVERYTHING,
    "events.work": EVERYTHING,
    "customers.edit_contacts": EVERYTHING,
    "telephone.read": EVERYTHING,
    "telephone.work": EVERYTHING,
    "messaging.read": EVERYTHING,
    "messaging.retry": EVERYTHING,
    "messaging.replay": EVERYTHING,
}

MATRIX: Mapping[Function, Mapping[str, Scope]] = {
    F.EMPLOYEE: EMPLOYEE,
    # BUILD
    F.SOLUTION_ARCHITECT: {
        **STAFF,
        "designs.work": EVERYTHING,
        "orders.work": EVERYTHING,
        "resources.ask": EVERYTHING,
        **PROJECTS,
        "reservations.reserve": EVERYTHING,
        "customers.portfolio": EVERYTHING,
        "customers.edit": EVERYTHING,
        "customers.edit_contacts": EVERYTHING,
        "webhooks.use": OWN,
    },
    F.PROJECT_MANAGER: {
        **STAFF,
        "orders.work": EVERYTHING,
        "resources.ask": EVERYTHING,
        "resources.plan": EVERYTHING,
        **PROJECTS,
        "reservations.reserve": EVERYTHING,
        "reservations.overbook": EVERYTHING,
        "customers.edit": EVERYTHING,
        "customers.edit_contacts": EVERYTHING,
        "webhooks.use": OWN,
    },
    # Who leads a team answers for its people, and plans its roster: the one desk hands over by
    # itself, and level 2 and level 3 stand behind it by their own stand-by.
    F.BUILD_ENGINEER: {
        **STAFF,
        "infrastructure.edit": EVERYTHING,
        "resources.answer": OWN_TEAMS,
        "shifts.edit": LED_TEAMS,
        "projects.contribute": EVERYTHING,
    },
    F.PROVISIONER: {
        **STAFF,
        "infrastructure.edit": EVERYTHING,
        "resources.answer": OWN_TEAMS,
        "shifts.edit": LED_TEAMS,
        "projects.contribute": EVERYTHING,
    },
    # RUN
    F.DESK_AGENT: DESK,
    F.RUN_ENGINEER: {
        **DESK,
        "infrastructure.edit": EVERYTHING,
        "resources.answer": OWN_TEAMS,
    },
    F.SERVICE_MANAGER: {
        **STAFF,
        "customers.portfolio": EVERYTHING,
        "customers.edit": EVERYTHING,
        "customers.edit_contacts": EVERYTHING,
        "desk.work": EVERYTHING,
        "desk.confidential": EVERYTHING,
        "desk.assist": EVERYTHING,
        "handover.work": EVERYTHING,
        "desk.administer": EVERYTHING,
        "shifts.edit": EVERYTHING,
        "paging.work": EVERYTHING,
        "paging.edit": EVERYTHING,
        "paging.slips": EVERYTHING,
        "telephone.read": EVERYTHING,
        "telephone.work": EVERYTHING,
        "messaging.read": EVERYTHING,
        "messaging.raw": EVERYTHING,
        "messaging.replay": EVERYTHING,
        "webhooks.use": OWN,
    },
    # TECHNICAL
    F.CORE_ENGINEER: {
        **STAFF,
        "resources.answer": OWN_TEAMS,
        "shifts.edit": LED_TEAMS,
        "infrastructure.edit": EVERYTHING,
        "projects.contribute": EVERYTHING,
        "events.work": EVERYTHING,
        "paging.work": EVERYTHING,
    },
    F.TOOLS_ENGINEER: {
        **STAFF,
        "infrastructure.edit": EVERYTHING,
        "events.administer": EVERYTHING,
        "webhooks.use": OWN,
    },
    # The group's teams see what is everybody's, and no customer's data but that of their work.
    F.GROUP_COLLEAGUE: {"infrastructure.read": SHARED, "desk.assist": OWN_TEAMS},
    F.ADMINISTRATOR: {
        **STAFF,
        "designs.work": EVERYTHING,
        "orders.work": EVERYTHING,
        "resources.ask": EVERYTHING,
        "resources.answer": EVERYTHING,
        "resources.plan": EVERYTHING,
        **PROJECTS,
        "reservations.reserve": EVERYTHING,
        "reservations.overbook": EVERYTHING,
        "organisation.tokens": EVERYTHING,
        "organisation.edit": EVERYTHING,
        "organisation.administer": EVERYTHING,
        "exchange.use": EVERYTHING,
        "customers.portfolio": EVERYTHING,
        "customers.edit": EVERYTHING,
        "customers.edit_contacts": EVERYTHING,
        "infrastructure.edit": EVERYTHING,
        "events.administer": EVERYTHING,
        "shifts.edit": EVERYTHING,
        "paging.edit": EVERYTHING,
        "paging.slips": EVERYTHING,
        "desk.administer": EVERYTHING,
        "telephone.read": EVERYTHING,
        "messaging.read": EVERYTHING,
        "messaging.retry": EVERYTHING,
        "messaging.replay": EVERYTHING,
        "messaging.mailboxes": EVERYTHING,
        "webhooks.use": EVERYTHING,
    },
    # Held on the rows of the contact's own customer alone; opening requests needs the authority.
    # Tokens and webhooks are those of the contact's own login, and show no more than it sees.
    F.CUSTOMER_CONTACT: {
        "organisation.tokens": OWN,
        "customers.read": OWN,
        "orders.read": OWN,
        "desk.read": OWN,
        "desk.request": OWN,
        "webhooks.use": OWN,
    },
}
