"""What the operator sees: structured logs without personal data, health, metrics, request ids through to tasks."""
