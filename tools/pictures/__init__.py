"""Pictures of the wizard, made from the real program: ``make pictures``."""
