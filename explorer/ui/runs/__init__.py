"""The Runs page: every run, and what is done with it."""
