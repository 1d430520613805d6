"""Debian's Icinga 2 and Nagios 4, unchanged, each in a folder of its own while its block lasts.

They check nothing by themselves: a test tells them results by their command pipe.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.serving import eventually

NEEDED = (
    ("icinga2 (Debian package icinga2-bin)", shutil.which("icinga2")),
    ("nagios4 (Debian package nagios4-core)", shutil.which("nagios4")),
    ("curl (Debian package)", shutil.which("curl")),
    ("root, whom both are started by", os.geteuid() == 0),
)
MISSING = [name for name, found in NEEDED if not found]
NEEDS_MONITORS = pytest.mark.skipif(
    bool(MISSING) and not os.environ.get("CI"), reason=f"not there: {', '.join(MISSING)}"
)
HOST, SERVICE = "web01", "http"


@dataclass
class Monitor:
    """A running one. `told` is what it printed."""

    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def pipe(self) -> Path:
        return self.folder / "commands"

    @property
    def told(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def result(self, code: int, said: str) -> None:
        """The outcome of the service's check: 0 is fine, 2 is critical."""
        self.command(f"PROCESS_SERVICE_CHECK_RESULT;{HOST};{SERVICE};{code};{said}")

    def host_result(self, code: int, said: str) -> None:
        self.command(f"PROCESS_HOST_CHECK_RESULT;{HOST};{code};{said}")

    def acknowledge(self, author: str, comment: str) -> None:
        self.command(f"ACKNOWLEDGE_SVC_PROBLEM;{HOST};{SERVICE};1;1;0;{author};{comment}")

    def command(self, text: str) -> None:
        with self.pipe.open("w") as pipe:
            pipe.write(f"[{int(time.time())}] {text}\n")


@contextmanager
def _running(folder: Path, *command: str) -> Iterator[Monitor]:
    spool = {"OPALE_SPOOL": str(folder / "spool")}
    with (folder / "log").open("wb") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, env={**os.environ, **spool}
        )
    monitor = Monitor(folder, process)
    try:
        assert eventually(lambda: monitor.pipe.exists() or process.poll() is not None)
        assert process.poll() is None, monitor.told
        yield monitor
    finally:
        process.terminate()
        process.wait(60)


@contextmanager
def icinga(folder: Path, script: str, pasted: str) -> Iterator[Monitor]:
    """An Icinga 2 whose configuration ends with what is pasted."""
    (folder / "scripts").mkdir()
    put_script(folder / "scripts" / "opale-notify", script)
    directories = ("Data", "Log", "Cache", "Spool", "InitRun")
    for name in directories:
        (folder / name).mkdir()
    (folder / "icinga2.conf").write_text(
        f"""include <itl>
object NotificationComponent "notification" {{ }}
object ExternalCommandListener "command" {{ command_path = "{folder}/commands" }}
object Host "{HOST}" {{
  check_command = "passive"
  enable_active_checks = false
  max_check_attempts = 1
  address = "192.0.2.1"
}}
object Service "{SERVICE}" {{
  host_name = "{HOST}"
  check_command = "passive"
  enable_active_checks = false
  max_check_attempts = 1
}}
{pasted}
"""
    )
    constants = [
        *(f"{name}Dir={folder / name}" for name in directories),
        f"ConfigDir={folder}",
        f"PidPath={folder}/pid",
        "RunAsUser=root",
        "RunAsGroup=root",
        "NodeName=test",
    ]
    defined = [word for constant in constants for word in ("-D", constant)]
    config = str(folder / "icinga2.conf")
    with _running(folder, "icinga2", "daemon", "-c", config, "-x", "notice", *defined) as monitor:
        yield monitor


@contextmanager
def nagios(folder: Path, script: str, pasted: str) -> Iterator[Monitor]:
    """A Nagios whose configuration ends with what is pasted."""
    put_script(folder / "opale-notify", script)
    (folder / "results").mkdir()
    pasted = pasted.replace("/usr/local/bin/opale-notify", str(folder / "opale-notify"))
    (folder / "objects.cfg").write_text(
        f"""{pasted}
define timeperiod {{
    timeperiod_name 24x7
    alias always
    {chr(10).join(f"{day} 00:00-24:00" for day in DAYS)}
}}
define command {{
    command_name none
    command_line /bin/true
}}
define host {{
    host_name {HOST}
    address 192.0.2.1
    contacts opale
    {COMMON}
}}
define service {{
    host_name {HOST}
    service_description {SERVICE}
    contacts opale
    {COMMON}
}}
"""
    )
    (folder / "nagios.cfg").write_text(
        f"""cfg_file={folder}/objects.cfg
log_file={folder}/nagios.log
object_cache_file={folder}/objects.cache
status_file={folder}/status.dat
temp_file={folder}/nagios.tmp
temp_path={folder}
lock_file={folder}/lock
check_result_path={folder}/results
command_file={folder}/commands
query_socket={folder}/query
check_external_commands=1
nagios_user=root
nagios_group=root
interval_length=1
check_result_reaper_frequency=1
retain_state_information=0
enable_notifications=1
check_for_updates=0
illegal_macro_output_chars=`~$&|'"<>
"""
    )
    with _running(folder, "nagios4", str(folder / "nagios.cfg")) as monitor:
        yield monitor


DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
COMMON = """check_command none
    active_checks_enabled 0
    passive_checks_enabled 1
    max_check_attempts 1
    check_interval 5
    retry_interval 1
    check_period 24x7
    notification_interval 0
    notification_period 24x7
    notifications_enabled 1"""


def put_script(path: Path, script: str) -> None:
    path.write_text(script)
    path.chmod(0o750)
