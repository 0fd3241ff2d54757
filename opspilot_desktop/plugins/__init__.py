"""Plug-ins: what they are offered (`api`), their hooks (`hooks`), and how they are found (`loading`)."""
