"""The benchmarks behind `bin/bench`: figures against limits measured in the same run."""
