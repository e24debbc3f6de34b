"""How the house is built: who may import whom, how long a file may be, and which words stand where."""
