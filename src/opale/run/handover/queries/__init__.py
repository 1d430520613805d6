"""How handovers are read: the records, who leaves and arrives, and what stands beside."""
