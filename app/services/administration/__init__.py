"""Administration: people, units, numbers, pending work. Every act is logged with its author; no case is seen here."""
