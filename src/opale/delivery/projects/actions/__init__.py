"""Actions of projects: open, lead, plan, promise, prove and follow up."""
