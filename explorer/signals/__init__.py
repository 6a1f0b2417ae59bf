"""How signals flow through a network: probes at initialisation and in training."""
