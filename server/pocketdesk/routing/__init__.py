"""Who gets a new conversation: candidates, capacity, skills, and the choice among them."""
