"""Queries of handovers: the records, who leaves and arrives, and the situation."""
