"""The dialog in which the rules are set: its inputs, its pages, and what the next run would do."""
