"""What every sampler shares: quota, draws, recipes, the job, the estimator contract."""
