"""What watches found: sentences, tables and one page to print."""
