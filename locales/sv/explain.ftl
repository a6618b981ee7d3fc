explain-open = Förklara siffran
