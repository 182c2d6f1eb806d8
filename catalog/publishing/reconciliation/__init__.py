"""What a metric name means to whom, measured on the same data."""
