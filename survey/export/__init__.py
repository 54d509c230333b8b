"""What researchers take out: frozen snapshots, their tables, and how a cell is written."""
