"""Engine (SQLite or PostgreSQL), unit of work, ledger and migrations."""
