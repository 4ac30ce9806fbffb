"""Peers and places around exploited children, as a page and as tables."""
