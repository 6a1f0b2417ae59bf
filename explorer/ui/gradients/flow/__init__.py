"""Fresh networks, layer by layer and along their drawings."""
