"""Numbers: queries over governed metrics, compiled to one SQL statement that explains itself."""
