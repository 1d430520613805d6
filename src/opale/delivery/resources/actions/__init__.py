"""Actions of resource requests and plan proposals."""
