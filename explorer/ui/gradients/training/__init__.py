"""The layers of training runs, with one scrubber for charts and drawings."""
