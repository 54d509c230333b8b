"""Languages: which one a page is in, how texts and numbers are written in it, translations."""
