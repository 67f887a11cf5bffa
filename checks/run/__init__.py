"""One run of the checks: settings, snapshots, polls, baseline, result."""
