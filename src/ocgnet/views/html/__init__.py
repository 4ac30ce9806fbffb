"""What every page is made of: its shell and its grids."""
