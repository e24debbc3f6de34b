"""没报名就来了的人: who stands on the paper without having signed up."""
