"""The outside: settings, HTTP, sockets, sign-in, clock, ids, static files, the command; the only place that wires."""
