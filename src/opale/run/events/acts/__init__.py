"""What is done to alerts, rules, silences, heartbeats and integrations."""
