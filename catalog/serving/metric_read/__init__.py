"""The parts of one governed read: what is asked, what stands behind it, what is answered, what is logged."""
