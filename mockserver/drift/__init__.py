"""How far a vendor's program has drifted from the fake: recorded exchanges played to it, and all that differs."""
