"""The tables of what the company knows."""

from knowledge.models.article import Article, ArticleVersion, Category, Feedback
from knowledge.models.centre import HelpCentre
from knowledge.models.document import Document, Passage, Posting
from knowledge.models.gap import Gap, UnansweredQuestion
from knowledge.models.picture import Picture, PictureUse
from knowledge.models.source import Source, SourceItem

__all__ = [
    "Article",
    "ArticleVersion",
    "Category",
    "Document",
    "Feedback",
    "Gap",
    "HelpCentre",
    "Passage",
    "Picture",
    "PictureUse",
    "Posting",
    "Source",
    "SourceItem",
    "UnansweredQuestion",
]
