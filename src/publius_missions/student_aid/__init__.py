"""Federal student aid: the Student Aid Index and the Pell Grant as the law computes them, each line with its source."""
