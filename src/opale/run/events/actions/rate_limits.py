"""The token buckets of limited keys, as all processes share them."""

from collections.abc import Mapping

from opale.kernel.array_literals import number_array
from opale.kernel.prepared_statements import fetch_rows
from opale.run.events.domain.token_bucket import TokenRequest

TAKE_TOKENS = """
    INSERT INTO events_keybucket AS b (key_id, per_minute, tokens, filled_at)
    SELECT k.id, n.per_minute, n.per_minute - n.taken, clock_timestamp()
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS n(key_id, per_minute, taken)
    JOIN events_integrationkey k ON k.id = n.key_id
    ORDER BY k.id
    ON CONFLICT (key_id) DO UPDATE SET
        per_minute = excluded.per_minute,
        tokens = excluded.tokens - excluded.per_minute + least(excluded.per_minute,
            b.tokens + excluded.per_minute / 60.0
                * greatest(0, extract(epoch FROM excluded.filled_at - b.filled_at))),
        filled_at = greatest(b.filled_at, excluded.filled_at)
    RETURNING key_id, tokens
"""


def take_tokens(asked: Mapping[int, TokenRequest]) -> dict[int, float]:
    """Take so many tokens from the bucket of each key; return what is left, negative where owed.

    Deleted keys are not among them.
    """
    rows = fetch_rows(
        TAKE_TOKENS,
        number_array(asked),
        number_array(one.per_minute for one in asked.values()),
        number_array(one.taken for one in asked.values()),
    )
    return {key_id: float(tokens) for key_id, tokens in rows}
