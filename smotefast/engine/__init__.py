"""What samplers share: base classes, target counts, draws, recipes, the job."""
