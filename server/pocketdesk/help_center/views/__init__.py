"""What readers may see of a knowledge base, and how it was used."""
