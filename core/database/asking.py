"""Several questions to the database in one trip: for pages, where each trip costs more than what is asked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

type Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Question[T]:
    """A statement that returns rows, its parameters (`%s`), and what is made of all of its rows."""

    sql: str
    params: Sequence[Any]
    read: Callable[[list[Row]], T]


def ask[T](question: Question[T]) -> T:
    """The answer to one question."""
    answer: T = ask_all(question)[0]
    return answer


def ask_all(*questions: Question[Any]) -> list[Any]:
    """The answers to questions in their order. They see the same state as statements that follow one another."""
    params = [value for question in questions for value in question.params]
    found: list[list[Row]] = []
    with connection.cursor() as cursor:
        cursor.execute(";\n".join(question.sql for question in questions), params)
        for _question in questions:
            found.append(cursor.fetchall())
            cursor.nextset()
    return [question.read(rows) for question, rows in zip(questions, found, strict=True)]
