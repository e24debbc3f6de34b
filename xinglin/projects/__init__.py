"""项目 Projects: programmes under which activities run."""
