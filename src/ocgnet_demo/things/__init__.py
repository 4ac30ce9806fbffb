"""Made-up phones, vehicles, addresses and accounts of people who do not exist, with planted cases and their decoys."""
