"""Runnable examples; each directory is a CDKTF app of its own."""
