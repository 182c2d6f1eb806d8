"""What the unit of work reads and writes, one aggregate per file."""
