"""What the program is about, in plain Python: no database, no window, no I/O."""
