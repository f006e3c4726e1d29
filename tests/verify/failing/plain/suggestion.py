class A:
    async def __call__(self, scope, receive, send):
        pass


mine = A()
# fails: has no application called 'app' \(it has 'mine'\)
