"""Queue, worker, schedule and retry for slow or outside work."""
