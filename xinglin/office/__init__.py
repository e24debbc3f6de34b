"""办公室 Office: the installation's console, its operators, health, figures for monitors. No people's data."""
