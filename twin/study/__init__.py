"""Studies: several runs side by side, and a candidate beside recorded history."""
