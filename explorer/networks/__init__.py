"""What a network is: its spec, blocks, shortcuts, families."""
