"""What phones, vehicles, addresses and accounts answer: contacts, numbers of nobody, successors, lines."""
