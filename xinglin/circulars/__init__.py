"""下发通知: notices that go down the tree, and who has read them."""
