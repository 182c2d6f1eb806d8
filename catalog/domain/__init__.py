"""What things are: frozen values of the field, free of input and output."""
