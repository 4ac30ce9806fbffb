"""Communities of the network, and what they say about the recorded groups."""
