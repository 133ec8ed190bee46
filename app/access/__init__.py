"""Who may see what, and in which capacities somebody acts on a case."""
