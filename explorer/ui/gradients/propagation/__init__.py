"""What leaves each block, what it adds, and the paper's figure 7."""
