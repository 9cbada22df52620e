"""What readers meet, as JSON and as pages."""
