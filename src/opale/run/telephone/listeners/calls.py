"""Reception of what a telephone system posts to its address."""

from opale.kernel.actor import connector
from opale.run.events.domain.deliveries import Reply, Tool, ToolCall
from opale.run.telephone.actions.signals import record_signal
from opale.run.telephone.ports import CallSource


class CallListener(Tool):
    """Passes the calls that a connector reads to this room."""

    brings_events = False

    def __init__(self, source: CallSource) -> None:
        self.source = source
        self.name = source.name

    def take(self, handed: ToolCall) -> Reply:
        """Errors: Unreadable, those of the database."""
        signal = self.source.read(handed.delivery)
        if signal is not None:
            by = connector(handed.format, handed.integration_name)
            record_signal(
                signal,
                integration_id=handed.integration_id,
                by=by,
                at=handed.delivery.received_at,
            )
        return self.source.reply(handed.delivery, handed.url)

    def example(self, url: str, key: str) -> str:
        return self.source.example(url)
