"""Reference workloads, from the strictest promise to the loosest."""
