"""What the product costs, measured beside the bare limits of the same machine in the same run."""
