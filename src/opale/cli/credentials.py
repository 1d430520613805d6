"""Command `./opale credentials`: the logins of the demo company, and the keys of its tools.

The loader of the demo writes `demo.json`: `{"personas": {name: {login, password, api_token,
role}}, "integrations": {name: {url, key}}}`, where a `url` that begins with `/` is under the
base address of the installation, and that of `lmtp` is where its gateway listens.
"""

import json
from typing import Any

from opale.cli import installation
from opale.cli.console import Refused
from opale.cli.installation import Installation


def show(data: str | None, *, as_json: bool) -> int:
    """Print the credentials, for a program or for a person."""
    place = installation.open_folder(installation.folder_of(data))
    known = read(place)
    if known is None:
        raise Refused(f"There is no demo company in {place.folder}: ./opale up brings one.")
    print(json.dumps(known, indent=2, ensure_ascii=False) if as_json else table(place))
    return 0


def read(place: Installation) -> dict[str, Any] | None:
    """Return the credentials with full addresses, or None where no demo was loaded."""
    try:
        kept = json.loads((place.folder / "demo.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    integrations = {
        name: {**one, "url": _whole(one["url"], place)}
        for name, one in kept.get("integrations", {}).items()
    }
    return {
        "base_url": place.base_url,
        "personas": kept.get("personas", {}),
        "integrations": integrations,
    }


def _whole(url: str, place: Installation) -> str:
    if url == "lmtp://":
        return url + place.lmtp
    return place.base_url + url if url[:1] == "/" else url


def table(place: Installation) -> str:
    """Return one line a persona: name, login, password."""
    known = read(place)
    if not known:
        return ""
    rows = [
        (name.replace("_", " "), str(one["login"]), str(one["password"]))
        for name, one in known["personas"].items()
    ]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(2)]
    return "\n".join(f"  {a:<{widths[0]}}  {b:<{widths[1]}}  {c}" for a, b, c in rows)
