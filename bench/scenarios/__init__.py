"""One file per scenario; each has `cases(setting)`."""
