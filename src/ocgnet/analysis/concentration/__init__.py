"""How few people carry how much of the crime and the intelligence."""
