"""Pre-aggregations: rows counted ahead of the questions, used where the answer is provably the same."""
