"""Instagram: professional accounts, by their page or by the log-in of their own."""
