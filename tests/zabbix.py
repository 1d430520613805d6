"""Debian's `zabbix_js`, which runs the script of a media type as a Zabbix server does."""

import gzip
import json
import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ZABBIX_JS = shutil.which("zabbix_js") or ""
SHIPPED = Path("/usr/share/zabbix-server-pgsql/data.sql.gz")
NEEDS_ZABBIX = pytest.mark.skipif(
    not (ZABBIX_JS and SHIPPED.exists()) and not os.environ.get("CI"),
    reason="not there: zabbix_js and Zabbix's media types (Debian package zabbix-server-pgsql)",
)
ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}


class ScriptFailed(Exception):
    """The script threw: Zabbix would show these words."""


@cache
def shipped_script(name: str) -> str:
    """The script of a media type that Zabbix ships, from the data of its database."""
    rows = gzip.decompress(SHIPPED.read_bytes()).decode()
    row = rows[rows.index(f"'4','{name}'", rows.index("INSERT INTO media_type (")) :]
    found = re.search(r"E'((?:[^'\\]|\\.|'')*)'", row)
    assert found, name
    text = found[1].replace("''", "'")
    return re.sub(r"\\(.)", lambda one: ESCAPED.get(one[1], one[1]), text)


def run(script: str, parameters: dict[str, str], folder: Path) -> Any:
    """What the script returns. Errors: ScriptFailed."""
    (folder / "script.js").write_text(script)
    (folder / "parameters.json").write_text(json.dumps(parameters))
    done = subprocess.run(
        [ZABBIX_JS, "-s", folder / "script.js", "-i", folder / "parameters.json", "-t", "30"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or not done.stdout.strip():
        raise ScriptFailed(done.stdout + done.stderr)
    answer = done.stdout.strip()
    return json.loads(answer) if answer.startswith(("{", '"')) else answer
