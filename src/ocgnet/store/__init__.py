"""Where checked records are kept."""
