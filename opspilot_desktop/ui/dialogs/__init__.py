"""The dialogs, all in one frame."""
