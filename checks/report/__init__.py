"""What people and machines see, all of it derived from one frozen result."""
