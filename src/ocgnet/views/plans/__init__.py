"""Plans to read: in sentences, on the terminal, and on a page to print."""
