"""Cases of children and others at risk: what is recorded, what is open, and what is overdue, on a day."""
