"""What is run once: on another Python and another PostgreSQL it could only say the same.

The second suite of `.ci/run` leaves it out by its mark, `-m "not once"` (decision 0022). What is
not named here runs on both: who adds a test need not think of it.
"""

ONCE = (
    # A browser's pages and keys. What serves them is asked by every row of the routes on both.
    "tests/journeys/",
    "src/opale/ui/tests/test_ui_browser.py",
    "src/opale/ui/tests/test_ui_live.py",
    "src/opale/run/events/tests/test_events_board_hover.py",
    # Programs of others: what they send is told to the same listeners, word by word, on both.
    "src/opale/connectors/alerta/tests/test_alerta_clients.py",
    "src/opale/connectors/alertmanager/tests/test_alertmanager_server.py",
    "src/opale/connectors/nagios/tests/test_nagios_daemons.py",
    "src/opale/connectors/opsgenie/tests/test_opsgenie_clients.py",
    "src/opale/connectors/pagerduty/tests/test_pagerduty_clients.py",
    "src/opale/connectors/zabbix/tests/test_zabbix_clients.py",
    # Sources, documents, texts and numbers of queries, which are the same wherever they are read.
    "tests/architecture/test_architecture_checks.py",
    "tests/architecture/test_canary.py",
    "tests/architecture/test_contract.py",
    "tests/architecture/test_query_counts.py",
)
"""Files, and folders whole."""
STILL = (
    # Whole installations under load, whose processes die: threads, signals, sockets.
    "tests/journeys/test_journey_killed.py",
    # One way from a monitoring tool to a browser, through every process of an installation.
    "tests/journeys/test_journey_alert.py",
)
"""Of these folders, what runs on both."""


def is_once(path: str) -> bool:
    """Whether a file of tests, by its path from the root, is run once."""
    return path.startswith(ONCE) and path not in STILL
