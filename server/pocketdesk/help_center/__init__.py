"""What readers meet of a knowledge base: the Help tab, the public help centre, and what is counted there."""
