"""What forecasts were worth: calibration, discrimination, comparisons, and scores adjusted for difficulty."""
