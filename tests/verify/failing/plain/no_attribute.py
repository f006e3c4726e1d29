other = 3
# fails: the module 'main' has no application called 'app': say which attribute it is, as 'main:NAME'
