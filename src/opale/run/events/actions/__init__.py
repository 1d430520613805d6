"""What may be done to alerts, integrations and rules. The only writer of this room."""
