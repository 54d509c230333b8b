"""From many forecasts to one. `register` tells every method: words, formula, source, example, when to use."""
