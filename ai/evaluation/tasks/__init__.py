"""One module a task; each hands back a :class:`~ai.evaluation.report.Report`."""
