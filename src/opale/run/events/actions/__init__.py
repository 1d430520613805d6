"""Actions on alerts, integrations and rules. Nothing else writes this room's tables."""
