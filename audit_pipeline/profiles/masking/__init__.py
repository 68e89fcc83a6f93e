"""A profile that may leave the house: nothing in it tells of a few people."""
