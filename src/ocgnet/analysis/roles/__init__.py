"""Principal, significant and peripheral: tiers, reasons, and how firm they are."""
