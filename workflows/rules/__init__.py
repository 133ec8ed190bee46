"""What the law of each locality says, as dated, cited, resolved data."""
