from django.db import models

from opale.run.desk.models.base import DeskQuerySet


class WordCount(models.Model):
    """In how many past tickets of each kind and family a word stood; the empty word counts them.

    Learned anew each night. Only words that several customers used are kept, so none is anybody's.
    """

    word = models.CharField(max_length=40, unique=True)
    counts = models.JSONField(default=dict)

    objects = DeskQuerySet["WordCount"].as_manager()

    def __str__(self) -> str:
        return self.word
