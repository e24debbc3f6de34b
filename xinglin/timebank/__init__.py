"""时间银行 Time bank: accounts and transfers of minutes; the only writer of minutes."""
