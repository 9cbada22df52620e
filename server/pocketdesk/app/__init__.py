"""The outside: settings, HTTP, sockets, sign-in, clock, ids, static files, the command line; the only place that wires."""
