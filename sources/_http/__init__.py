"""HTTP as front doors of functions see it: what they share, each rule once."""
