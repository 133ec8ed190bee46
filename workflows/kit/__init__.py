"""The machinery that every procedure shares: definition, engine, calendar, counting."""
