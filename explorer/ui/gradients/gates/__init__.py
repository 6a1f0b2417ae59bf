"""The transform gates of highway networks, read and pushed."""
