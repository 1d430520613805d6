"""Django's PostgreSQL engine with a pool and readers of values that fit long-lived processes."""
