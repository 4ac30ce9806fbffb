"""What people do with what was found: disclose, refer, and take in what partners send."""
