"""A session while it runs: its sockets, its end, and what only time brings about."""
