"""Every write to channels: intake, applying, the outbox, quarantine."""
