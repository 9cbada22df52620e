"""What checks and builds the product; never shipped."""
