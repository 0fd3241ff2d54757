"""Every verb of the program as a function. The window and the command line call these for every write."""
