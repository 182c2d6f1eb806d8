"""The gate: one pure judgement over one frozen snapshot, one transaction for what passes."""
