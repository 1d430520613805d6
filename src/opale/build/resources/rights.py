"""The rights of this room."""

READ = "resources.read"
ASK = "resources.ask"
ANSWER = "resources.answer"
PLAN = "resources.plan"
