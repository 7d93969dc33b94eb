"""What went wrong with an import, in words that say what to do."""

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

PROBLEMS: dict[str, StrOrPromise] = {
    "type": _("This kind of file is not read. Choose a PDF, HTML, Markdown, text or CSV file."),
    "large": _("The file is too large. Split it into parts below 20 MB."),
    "password": _("This PDF is protected by a password. Save a copy without one, and import that."),
    "scanned": _("This PDF holds pictures of pages, no text. Run text recognition (OCR) on it first, then import it again."),
    "damaged": _("This PDF cannot be opened. Open it in a reader, save it anew, and import that."),
    "empty": _("There is no text in it."),
    "columns": _("The first line must name the columns “question” and “answer” (and “language”, if you like)."),
    "table": _("This is no table that can be read. Save it as CSV in UTF-8, and import it again."),
    "cells": _("This line has more cells than the first line has columns. Put texts with commas into quotes."),
    "no_question": _("The question is missing in this line."),
    "no_answer": _("The answer is missing in this line."),
    "language": _("The language is not one of ours. Use a code such as en, pt, es or fr."),
    "twice": _("This question stands in the table twice. The first one is used."),
    "address": _("This is not an address of the public web. It begins with https:// and leads to a page that anybody can open."),
    "robots": _("The website asks robots to stay away from this page (robots.txt)."),
    "gone": _("The page is not there any more."),
    "refused": _("The website refused to show the page. Check that it opens without signing in."),
    "server": _("The website did not answer properly. It is tried again."),
    "timeout": _("The website took too long. It is tried again."),
    "size": _("The page is too large to be read."),
    "page_type": _("This is neither a page nor a document that can be read."),
    "away": _("None of its pages is there any more. What was read before stays. If the website is closed, remove the import."),
    "map": _("The website's sitemap names no page any more. What was read before stays; it is tried again."),
    "nothing": _("No page was found at this address. Give the address of the sitemap, or of a page with links."),
    "unseen": _("The reading did not come to this. What was read before stays."),
    "interrupted": _("Reading was interrupted too often. Try again."),
}


def problem(code: str) -> StrOrPromise:
    """The words of a code; a code that is not known stands for something unexpected."""
    return PROBLEMS.get(code) or _("Something unexpected happened. Try again.")
