"""Where SQL runs: a pool of fenced child processes."""
