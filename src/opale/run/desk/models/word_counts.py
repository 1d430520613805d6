from django.db import models

from opale.run.desk.models.base import DeskQuerySet


class WordCount(models.Model):
    """Number of past tickets of each kind and family with a word; the empty word counts the
    tickets.

    Learned anew each night. Only words used by several customers are stored, so none identifies
    one.
    """

    word = models.CharField(max_length=40, unique=True)
    counts = models.JSONField(default=dict)

    objects = DeskQuerySet["WordCount"].as_manager()

    def __str__(self) -> str:
        return self.word
