"""Account, login, user, team, permission set, API token and audit log."""
