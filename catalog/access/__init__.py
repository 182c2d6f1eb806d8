"""Who may: one decision function for every door."""
