"""Documents: bytes to domain values and back, every fault at once with its place."""
