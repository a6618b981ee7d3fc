explain-open = Explain this number
