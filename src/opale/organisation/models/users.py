"""Logins."""

from functools import cache
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from opale.kernel.clock import now
from opale.kernel.history import tracked
from opale.kernel.reference_cache import cached
from opale.organisation.models.companies import Language


@cached(2000)
def _remembered_user(key: int) -> tuple[Any, ...] | None:
    return User.objects.filter(pk=key).values_list(*_columns()).first()


@cache
def _columns() -> tuple[str, ...]:
    """Return all columns but `last_login`, which changes with each login and is read on demand."""
    fields = User._meta.concrete_fields
    return tuple(field.attname for field in fields if field.name != "last_login")


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db, force_insert=True)
        return user

    def get(self, *args: Any, **kwargs: Any) -> "User":
        """Return a row; by its key alone, as each request does, it is cached until it changes."""
        if args or kwargs.keys() != {"pk"} or not isinstance(kwargs["pk"], int):
            return super().get(*args, **kwargs)
        found = _remembered_user(kwargs["pk"])
        if found is None:
            raise self.model.DoesNotExist
        return self.model.from_db(self.db, _columns(), found)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


@tracked(creation=True, exclude=["last_login", "password", "pinned", "unpinned"])
class User(AbstractBaseUser):
    """A login of a person (employee) or a customer's contact; each has one at most.

    `pinned` are the rooms put into the menu, `unpinned` those taken out of it, by URL name.
    """

    class Kind(models.TextChoices):
        EMPLOYEE = "employee", _("Employee")
        CONTACT = "contact", _("Customer contact")

    email = models.EmailField(_("Email address"), unique=True)
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind.choices, default=Kind.EMPLOYEE)
    language = models.CharField(
        _("Language"), max_length=2, choices=Language.choices, default=Language.FRENCH
    )
    time_zone = models.CharField(_("Time zone"), max_length=64, default="Europe/Paris")
    pinned = ArrayField(models.CharField(max_length=60), default=list)
    unpinned = ArrayField(models.CharField(max_length=60), default=list)
    is_active = models.BooleanField(_("May log in"), default=True)
    created_at = models.DateTimeField(default=now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = (models.UniqueConstraint(Lower("email"), name="user_email_once"),)

    def __str__(self) -> str:
        return self.email
