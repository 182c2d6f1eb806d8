"""Evidence: quality checks that the catalog executes itself, one fused scan per table."""
