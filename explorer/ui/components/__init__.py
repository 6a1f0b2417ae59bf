"""Components of our own: the chart that keeps its zoom, the network view, the table of layers."""
