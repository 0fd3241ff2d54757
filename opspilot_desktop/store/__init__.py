"""The database: schema, connections, and every statement that reads or changes it."""
