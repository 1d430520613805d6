"""Acts of customers, of contracts, and of services; their subjects stand in `subjects`."""
