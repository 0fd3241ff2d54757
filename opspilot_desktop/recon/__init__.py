"""The reconciliation engine: what to check, the rules, and what becomes of their findings."""
