"""账号 Accounts: users, signing in, second factor."""
