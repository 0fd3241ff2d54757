"""The import wizard: what a file is, which column is which field, and what that makes of its rows."""
