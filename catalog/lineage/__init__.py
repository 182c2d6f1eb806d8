"""Where numbers come from: the graph from metrics down to columns, contracts and products, and back."""
