"""What earlier runs found: remembered in a file or on S3, compared, and shown on one page."""
