"""How file systems recover: restored beside themselves by AWS Backup, or their replica made writable."""
