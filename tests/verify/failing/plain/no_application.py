app = 3
# fails: has no application called 'app'
