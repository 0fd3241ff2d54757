"""The copilot: answers questions about a workspace and its issues, through Claude or without any network."""
