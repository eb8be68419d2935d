"""The pages: what people see. A client of the same walk that every other door uses."""
