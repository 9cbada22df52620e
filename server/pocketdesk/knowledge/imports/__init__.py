"""Articles from elsewhere, and all articles as a folder of Markdown. A feature within the knowledge base."""
