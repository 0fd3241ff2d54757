"""The tables: one model and one view for every kind of record."""
