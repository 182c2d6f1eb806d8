"""What a definition means: one normal form, in which what means the same is written the same."""
