"""The history of runs: a file a run in a folder or on S3, what changed since the last one, and the page of all."""
