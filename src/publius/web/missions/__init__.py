"""The pages of missions: their tools as forms, results with every line, and the guided interview, in two languages."""
