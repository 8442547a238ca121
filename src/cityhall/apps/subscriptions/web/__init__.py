"""The pages of what goes on near one."""
