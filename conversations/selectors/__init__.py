"""Every read of conversations that needs permission, joins or annotations, named by its audience."""
