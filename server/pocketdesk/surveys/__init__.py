"""Surveys of customer satisfaction, in the chat or on a page of their own, and what people answered."""
