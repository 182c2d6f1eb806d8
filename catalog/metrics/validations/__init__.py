"""Rules over a semantic manifest, one per file; each is a function `check` from a lookup to findings."""
