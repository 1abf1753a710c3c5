"""Numbers with their uncertainty: intervals, classification, calibration, shortcuts."""
