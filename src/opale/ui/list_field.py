"""Form field of a list of words, typed with commas between them."""

from typing import Any

from django import forms


class ListField(forms.CharField):
    """Words with commas, spaces or line ends between them; of `phrases`, commas alone.

    Programs send a list. No word at all is an answer too; `empty` stands for no answer.
    """

    def __init__(
        self, *, body_type: Any = list[str], joint: str = ", ", phrases: bool = False,
        empty: tuple[str, ...] | None = (), **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(**options)
        self.body_type, self.joint, self.phrases, self.empty = body_type, joint, phrases, empty

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else self.joint.join(value or ())

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = value.split(",") if self.phrases else value.replace(",", " ").split()
        return self.empty if value is None else tuple(value)

    def validate(self, value: Any) -> None:
        """Take an empty list."""

    def run_validators(self, value: Any) -> None:
        """Check each word as a text: of a list, none of the text's validators finds anything."""
        for word in value or ():
            super().run_validators(word)
