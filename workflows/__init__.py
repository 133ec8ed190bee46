"""The law of each procedure: pure tables and rules, without web, database or clock."""
