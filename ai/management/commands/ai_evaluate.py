"""Measure the embedded engine on labelled data."""

import argparse
import os
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ai.engine.intents import TrainingError
from ai.evaluation.files import DatasetError
from ai.evaluation.runs import TASKS, Wanted, run


class Command(BaseCommand):
    help = (
        "Measure the embedded engine. Fits on the training part only. Says how far it is on stderr; the last line on stdout "
        "is one JSON object of figures (shares from 0 to 1)."
    )
    #: Models and files are all it needs.
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--dataset", metavar="NAME", help="banking77, clapnq, or a file that stands for --test")
        parser.add_argument("--task", choices=TASKS, help="what to measure; a named set has a task of its own")
        parser.add_argument(
            "--train", type=Path, metavar="FILE", help="CSV text,label (sentiment, intent) or JSONL (answer): the training part"
        )
        parser.add_argument(
            "--test", type=Path, metavar="FILE", help="CSV text,label, or JSONL for answer, guard and pii: the part to measure on"
        )
        parser.add_argument("--oos", default="", metavar="LABEL", help="the label of messages that belong to no intent")
        parser.add_argument("--positive", default="", metavar="LABEL", help="the label of minors, where it is not called minor")
        parser.add_argument(
            "--shots",
            type=int,
            metavar="N",
            help="learn from N training texts a label, five draws; 0: from the labels' names alone",
        )
        parser.add_argument("--data", default="", metavar="DIR", help="folder of the named sets (CHATZEE_AI_DATA otherwise)")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        wanted = Wanted(
            dataset=options["dataset"] or "",
            task=options["task"] or "",
            train=options["train"],
            test=options["test"],
            oos=options["oos"],
            positive=options["positive"],
            shots=options["shots"],
            data=options["data"] or os.environ.get("CHATZEE_AI_DATA", ""),
            today=datetime.now(UTC).date(),
        )
        try:
            heading, report = run(wanted)
        except (DatasetError, TrainingError) as error:
            raise CommandError(str(error)) from error
        except Exception as error:
            raise CommandError(_unforeseen(wanted, error)) from error
        for line in report.lines:
            self.stdout.write(line)
        self.stdout.write(report.as_json(**heading, seconds=time.monotonic() - started))


def _unforeseen(wanted: Wanted, error: Exception) -> str:
    """What is said of an error that nobody thought of: its kind and place. Its own words may hold people's texts."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    files = " and ".join(str(file) for file in (wanted.train, wanted.test or wanted.dataset) if file)
    return (
        f"{files} cannot be measured: {type(error).__name__} in {Path(place.filename).name}, line {place.lineno}. Measure each "
        "half of the file alone to find the row, or send us this line; --traceback shows more, with the texts."
    )
