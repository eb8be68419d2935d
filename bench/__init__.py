"""Speed, measured on the machine at hand: `make bench`, or `make bench NAME=search` for one."""
