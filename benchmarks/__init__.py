"""Benchmarks of the program on generated files; never part of the test run."""
