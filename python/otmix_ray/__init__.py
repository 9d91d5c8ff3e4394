"""Runs otmix workers as Ray actors for a Node process that fits a mixture."""
