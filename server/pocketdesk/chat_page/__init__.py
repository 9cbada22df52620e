"""What the chat page begins with: a chatflow, put together with everything that it names."""
