"""Block by block: the answer read out over depth, and what becomes of it without some of the blocks."""
