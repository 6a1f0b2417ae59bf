"""Where it looks: what in the picture speaks for a class, by Grad-CAM or by covering parts."""
