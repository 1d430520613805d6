"""The report of a check as stored and shown: plain values, in both languages."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from opale.delivery.designs.domain.go_live_forecast import (
    ASSUMED_DELAYS,
    LEAST_SAMPLES,
    Forecast,
    NumberedDays,
)
from opale.delivery.designs.queries.capacity import NeedMatch, blocking_holds
from opale.delivery.designs.queries.checks import CheckResult, Scheduled
from opale.delivery.designs.queries.delays import delay_summary
from opale.delivery.designs.queries.sizing import Piece

SHARES: Final = (5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95)
"""Runs of a hundred that are drawn in the chart."""


def check_report(checked: CheckResult) -> dict[str, Any]:
    return {
        "packages": [_package(one) for one in checked.scheduled],
        "needs": [_need(one, checked) for one in checked.found],
        "missing": [
            *(_lacking(one, checked) for one in checked.found if one.free_on is None),
            *map(_nobody, checked.unstaffed),
        ],
        "later": [
            _lacking(one, checked)
            for one in checked.found
            if one.free_on is not None and one.free_on > checked.first
        ],
        "shares": _shares(checked.forecast, checked.calendar),
        "lost": _lost(checked.forecast),
        "measured": {
            party: delay_summary(delays) | {"assumed": len(delays) < LEAST_SAMPLES}
            for party, delays in sorted(checked.measured.items())
        },
        "assumed": _assumed(checked),
        "tentative": _tentative(checked),
    }


def day_of(forecast: Forecast | None, numbered: NumberedDays | None, share: int) -> date | None:
    if forecast is None or numbered is None:
        return None
    place = forecast.kept(share)
    return numbered.day(place) if place is not None else None


def _names(piece: Piece) -> dict[str, Any]:
    step, site = piece.copy.step, piece.line.site
    return {
        "line": piece.line.pk,
        "key": step.key,
        "piece": piece.copy.piece,
        "en": step.en,
        "fr": step.fr,
        "site": site.name if site else "",
        "role": step.role,
        "skill": step.skill,
        "level": step.level,
        "hours": step.hours,
    }


def _package(one: Scheduled) -> dict[str, Any]:
    step = one.piece.copy.step
    said = _names(one.piece) | {
        "party": step.party,
        "kind": step.kind,
        "starts": one.begins.isoformat(),
        "ends": one.ends.isoformat(),
    }
    if one.placed is not None:
        said |= {
            "person_id": one.placed.person.pk,
            "person": one.placed.person.name,
            "days": [
                [since.isoformat(), last.isoformat(), hours]
                for since, last, hours in one.placed.days
            ],
        }
    return said


def _need(one: NeedMatch, checked: CheckResult) -> dict[str, Any]:
    pool = one.stock.pool if one.stock else None
    return {
        **_stock_names(one),
        "pool_id": pool.pk if pool else None,
        "pool": pool.name if pool else "",
        "capacity": _number(pool.capacity) if pool else "0",
        "left": _number(one.left),
        "free_on": one.free_on.isoformat() if one.free_on else None,
        "since": checked.stock_since(one).isoformat() if one.free_on else None,
    }


def _stock_names(one: NeedMatch) -> dict[str, Any]:
    site = one.wanted.line.site
    return {
        "line": one.wanted.line.pk,
        "en": one.wanted.need.en,
        "fr": one.wanted.need.fr,
        "unit": one.wanted.need.unit,
        "quantity": _number(one.wanted.quantity),
        "site": site.name if site else "",
    }


def _lacking(one: NeedMatch, checked: CheckResult) -> dict[str, Any]:
    """Return what stock is missing: where, by whom it is held and until when."""
    pool = one.stock.pool if one.stock else None
    holders, _until = (
        blocking_holds(one.stock, one.wanted.quantity, checked.first) if one.stock else ([], None)
    )
    short = one.wanted.quantity - one.left
    return {
        "what": "stock",
        **_stock_names(one),
        "pool": pool.name if pool else "",
        "left": _number(one.left),
        "short": _number(max(short, Decimal(0))),
        "holders": holders,
        "until": one.free_on.isoformat() if one.free_on else None,
    }


def _nobody(piece: Piece) -> dict[str, Any]:
    return {"what": "people", **_names(piece)}


def _shares(forecast: Forecast | None, numbered: NumberedDays | None) -> list[list[Any]]:
    found = []
    for share in SHARES:
        day = day_of(forecast, numbered, share)
        if day is not None:
            found.append([share, day.isoformat()])
    return found


def _lost(forecast: Forecast | None) -> int:
    """Return in how many runs of a hundred no stock was found."""
    if forecast is None:
        return 0
    return (forecast.runs - len(forecast.ends)) * 100 // forecast.runs


def _tentative(checked: CheckResult) -> list[dict[str, Any]]:
    """Return others' tentative reservations of the same stock, with their probability."""
    chosen = {one.stock.pool.pk: one.stock for one in checked.found if one.stock}
    found: dict[int, dict[str, Any]] = {}
    for stock in (part for one in chosen.values() for part in one.chain):
        for held in stock.held:
            if held.chance < 100:
                found[held.reservation] = {
                    "purpose": stock.purposes[held.reservation],
                    "probability": held.chance,
                    "pool": stock.pool.name,
                }
    return list(found.values())[:20]


def _assumed(checked: CheckResult) -> dict[str, list[int]]:
    """Return the delays that are assumed of each party of the plan that was measured too little: as
    long as there are any, the forecast is provisional."""
    parties = {one.piece.copy.step.party for one in checked.scheduled if one.piece.copy.step.days}
    return {
        party: list(ASSUMED_DELAYS[party])
        for party in sorted(parties)
        if len(checked.measured.get(party, ())) < LEAST_SAMPLES
    }


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}"


def localised_name(said: Mapping[str, Any], language: str) -> str:
    """Return the name of a package or need in a language, with its piece number."""
    name = str(said["fr" if language.startswith("fr") else "en"])
    return f"{name} · {said['piece']}" if said.get("piece") else name
