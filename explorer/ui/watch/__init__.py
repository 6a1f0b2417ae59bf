"""The Train page after the start: runs side by side, live, and what they have shown."""
