"""Policy bundles in the store: uploaded, validated, placed at enforcement points, rolled back."""
