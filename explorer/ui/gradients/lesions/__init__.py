"""Blocks of trained networks, switched off and exchanged."""
