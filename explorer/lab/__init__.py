"""Experiments: brings a network, pictures and a probe together, for the screen and the command line alike."""
