"""How far people agree, and whether that has come to rest."""
