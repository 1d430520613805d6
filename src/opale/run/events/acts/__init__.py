"""Acts of alerts, rules, silences, heartbeats, integrations and noise: a module for each."""
