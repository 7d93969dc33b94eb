"""Real mail servers on ports of the loopback address, each run with its folder and configuration in a temporary place."""
