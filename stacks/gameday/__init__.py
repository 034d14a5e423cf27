"""The game day: a workload deployed, written to, robbed of its Region in mid-write, recovered and brought home."""
