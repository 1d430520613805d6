"""Parsing of incoming mail: pure functions on bytes, without database, network or clock."""
