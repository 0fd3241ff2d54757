"""The small widgets that panels and dialogs are made of."""
