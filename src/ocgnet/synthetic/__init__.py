"""Made-up records with known answers, from a seed."""
