"""What a network is made of: layers, shapes, costs, receptive field, graph."""
