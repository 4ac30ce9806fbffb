"""Files appear whole or not at all, and only over what this program wrote."""
