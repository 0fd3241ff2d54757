"""OpsPilot Desktop: prove every day that what was traded is what was booked."""

__version__ = "0.1.0"
