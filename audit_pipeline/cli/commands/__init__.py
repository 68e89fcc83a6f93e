"""The commands, one module each, by its name: a function `command`, or an `app` of subcommands."""
